import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { QuietHoursView } from '../../../../sidecar/src/api/schema.ts';
import { localTimeZone } from '../../host.ts';
import type { RowProps } from './setting-row.tsx';
import { SettingRow } from './setting-row.tsx';

/** Quiet hours and the time of the digest. */
export function QuietHoursRow({ preferences, actions }: RowProps) {
  const now = preferences.quietHours;
  const [on, setOn] = useState(now !== null);
  const [hours, setHours] = useState(now ?? usual());
  return (
    <SettingRow
      titleId="msteams_connect.quiet.title"
      summary={
        now ? (
          <FormattedMessage id="msteams_connect.quiet.on" values={{ ...now, zone: now.timeZone }} />
        ) : (
          <FormattedMessage id="msteams_connect.quiet.off" />
        )
      }
      onOpen={() => {
        setOn(now !== null);
        setHours(now ?? usual());
      }}
      onSave={() => actions.savePreferences({ quietHours: on ? hours : null })}
    >
      <label className="msteams-field" style={{ marginTop: 12 }}>
        <input type="checkbox" checked={on} onChange={() => setOn(!on)} />
        <FormattedMessage id="msteams_connect.quiet.enable" />
        <span className="msteams-field__help">
          <FormattedMessage id="msteams_connect.quiet.help" />
        </span>
      </label>
      {on && <Hours hours={hours} onChange={(change) => setHours({ ...hours, ...change })} />}
    </SettingRow>
  );
}

function usual(): QuietHoursView {
  return { from: '20:00', to: '07:00', timeZone: localTimeZone(), digestAt: '07:00' };
}

const TIMES = ['from', 'to', 'digestAt'] as const;

function Hours({ hours, onChange }: { hours: QuietHoursView; onChange(change: Partial<QuietHoursView>): void }) {
  return (
    <div className="msteams-grid">
      {TIMES.map((time) => (
        <label key={time}>
          <FormattedMessage id={`msteams_connect.quiet.${time.toLowerCase()}`} />
          <input
            type="time"
            required
            className="form-control"
            value={hours[time]}
            onChange={(event) => event.target.value !== '' && onChange({ [time]: event.target.value })}
          />
        </label>
      ))}
      <label>
        <FormattedMessage id="msteams_connect.quiet.zone" />
        <select
          className="form-control"
          value={hours.timeZone}
          onChange={(event) => onChange({ timeZone: event.target.value })}
        >
          {zonesWith(hours.timeZone).map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Time zones that this browser knows, and the chosen one, which it may not know. */
function zonesWith(chosen: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes(chosen) ? known : [chosen, ...known];
}
