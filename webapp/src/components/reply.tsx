import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { ButtonView, ReplyView } from '../../../sidecar/src/api/schema.ts';
import type { Actions } from '../actions.ts';
import { problemOf } from '../actions.ts';
import type { Client } from '../client.ts';
import type { HostStore, PostTypeProps } from '../host.ts';
import { openSmallWindow, renderMarkdown } from '../host.ts';
import type { State } from '../reducer.ts';
import { replacedReply } from '../reply-post.ts';
import { Button } from './controls/button.tsx';
import { Problem } from './controls/problem.tsx';

interface Deps {
  client: Client;
  store: HostStore;
  actions: Actions;
}

/** Renders the reply to a command with its buttons. Mattermost's own buttons need a post on the server, and this one is local. */
export function createReply({ client, store, actions }: Deps) {
  return function Reply({ post }: PostTypeProps) {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<State['problem']>(null);
    const reply = post.props.msteams_reply as ReplyView | undefined;
    if (!reply) return <FormattedMessage id="msteams_connect.reply.expired" />;

    async function press(action: string, option?: string) {
      setBusy(true);
      setProblem(null);
      try {
        store.dispatch(replacedReply(post, await client.action(action, option), Date.now()));
        actions.markStale();
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setBusy(false);
      }
    }

    return (
      <div data-testid="msteams-reply">
        {renderMarkdown(reply.text)}
        <Problem problem={problem} />
        {reply.openUrl && <OpenLink url={reply.openUrl} />}
        {reply.buttons.length > 0 && (
          <div className="msteams-row__actions" style={{ marginTop: 8 }}>
            {reply.buttons.map((button) => (
              <Control key={button.action} button={button} disabled={busy} onPress={press} />
            ))}
          </div>
        )}
      </div>
    );
  };
}

/** A link that opens in a small window, or as an ordinary link where the window is blocked. */
function OpenLink({ url }: { url: string }) {
  return (
    <div className="msteams-row__actions" style={{ marginTop: 8 }}>
      <a
        className="btn btn-primary btn-sm"
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        onClick={(event) => {
          if (openSmallWindow(url)) event.preventDefault();
        }}
      >
        <FormattedMessage id="msteams_connect.connection.open" />
      </a>
    </div>
  );
}

interface ControlProps {
  button: ButtonView;
  disabled: boolean;
  onPress(action: string, option?: string): Promise<void>;
}

function Control({ button: { label, style, action, options }, disabled, onPress }: ControlProps) {
  if (options.length === 0) {
    return <Button label={label} emphasis={style} disabled={disabled} onClick={() => void onPress(action)} />;
  }
  return (
    <select
      className="form-control"
      style={{ width: 'auto', maxWidth: '100%', height: 32, padding: '0 8px' }}
      aria-label={label}
      value=""
      disabled={disabled}
      onChange={(event) => void onPress(action, event.target.value)}
    >
      <option value="" disabled>
        {label}
      </option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
