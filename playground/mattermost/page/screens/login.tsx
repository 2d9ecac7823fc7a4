import React from 'react';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';

/** A path of this site to go to after sign-in; anything else would be an open redirect. */
function safeTarget(search: string): string {
  const target = new URLSearchParams(search).get('redirect_to') ?? '/';
  return /^\/(?![/\\])/.test(target) ? target : '/';
}

function useLogin() {
  const [error, setError] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  async function logIn(loginId: string, password: string): Promise<void> {
    setBusy(true);
    try {
      await request('/users/login', { method: 'POST', json: { login_id: loginId, password } });
      window.location.assign(safeTarget(window.location.search));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  }
  return { error, busy, logIn };
}

function Field(props: {
  label: string;
  type: string;
  testId: string;
  value: string;
  onChange: (value: string) => void;
}): React.ReactElement {
  const id = React.useId();
  return (
    <div className="form-group">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="form-control"
        type={props.type}
        data-testid={props.testId}
        autoComplete={props.type === 'password' ? 'current-password' : 'username'}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}

/** The page on which people sign in. */
export function LoginScreen(): React.ReactElement {
  const text = useText();
  const { error, busy, logIn } = useLogin();
  const [name, setName] = React.useState('');
  const [password, setPassword] = React.useState('');
  function submit(event: React.FormEvent): void {
    event.preventDefault();
    void logIn(name, password);
  }
  return (
    <main className="login">
      <div className="login__intro">
        <p className="login__brand">Mattermost</p>
        <h1>{text('login.title')}</h1>
        <p>{text('login.subtitle')}</p>
      </div>
      <form className="login__card" onSubmit={submit}>
        <h2>{text('login.submit')}</h2>
        <Field label={text('login.name')} type="text" testId="login-username" value={name} onChange={setName} />
        <Field
          label={text('login.password')}
          type="password"
          testId="login-password"
          value={password}
          onChange={setPassword}
        />
        {error === '' ? null : (
          <p className="error-text" role="alert">
            {error}
          </p>
        )}
        <button
          type="submit"
          className="btn btn-primary"
          data-testid="login-submit"
          disabled={busy || name === '' || password === ''}
        >
          {text('login.submit')}
        </button>
        <p className="help-text">{text('login.hint')}</p>
      </form>
    </main>
  );
}
