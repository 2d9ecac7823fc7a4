import React from 'react';
import { FormattedMessage, useIntl } from 'react-intl';

const WIDTH = 840;
const HEIGHT = 120;
const LEFT = 32;
const BOTTOM = 18;
const DAY_MS = 86_400_000;

interface Props {
  /** One entry per hour, oldest first. */
  hours: ReadonlyArray<{ at: number; count: number }>;
}

/** Bar chart of notifications per hour, with days in the administrator's language and time zone. */
export function Chart({ hours }: Props) {
  const intl = useIntl();
  const total = hours.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(0, ...hours.map(({ count }) => count));
  const top = Math.max(1, most);
  const step = (WIDTH - LEFT) / Math.max(1, hours.length);
  const plot = HEIGHT - BOTTOM;
  const label = intl.formatMessage({ id: 'msteams_connect.admin.chart' }, { total, most });
  const text = { fontSize: 11, fill: 'currentColor', opacity: 0.72 };
  return (
    <figure style={{ margin: '0 0 12px' }}>
      <figcaption style={{ marginBottom: 4 }}>
        <FormattedMessage id="msteams_connect.admin.chart" values={{ total, most }} />
      </figcaption>
      <svg
        role="img"
        aria-label={label}
        data-testid="msteams-chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        style={{ width: '100%', height: 'auto', color: 'var(--center-channel-color)' }}
      >
        <text x={LEFT - 6} y={10} textAnchor="end" {...text}>
          {intl.formatNumber(top)}
        </text>
        <text x={LEFT - 6} y={plot} textAnchor="end" {...text}>
          0
        </text>
        <line x1={LEFT} x2={WIDTH} y1={plot + 0.5} y2={plot + 0.5} stroke="currentColor" strokeOpacity={0.24} />
        {hours.map(({ at, count }, index) => {
          const x = LEFT + index * step;
          const height = (count / top) * (plot - 4);
          const isMidnight = startOfDay(at) && index < hours.length - 20;
          return (
            <React.Fragment key={at}>
              {isMidnight && (
                <>
                  <line x1={x} x2={x} y1={plot} y2={plot + 4} stroke="currentColor" strokeOpacity={0.4} />
                  <text x={x + 2} y={HEIGHT - 4} {...text}>
                    {intl.formatDate(at, { weekday: 'short', day: 'numeric' })}
                  </text>
                </>
              )}
              {count > 0 && (
                <rect x={x} y={plot - height} width={Math.max(1, step - 1)} height={height} fill="var(--button-bg)">
                  <title>{`${intl.formatDate(at, { weekday: 'short', hour: 'numeric', minute: 'numeric' })}: ${intl.formatNumber(count)}`}</title>
                </rect>
              )}
            </React.Fragment>
          );
        })}
      </svg>
    </figure>
  );
}

/** Whether the hour that starts at `at` contains local midnight. */
function startOfDay(at: number): boolean {
  const midnight = new Date(at + 3_599_999).setHours(0, 0, 0, 0);
  return midnight >= at && midnight < at + DAY_MS / 24;
}
