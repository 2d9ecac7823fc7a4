import React from 'react';
import { IntlProvider } from 'react-intl';
import { Provider } from 'react-redux';
import { BrowserRouter, Redirect, Route, Switch, useHistory } from 'react-router-dom';
import { AdminConsole } from '../console/console.tsx';
import { messagesFor } from '../i18n/text.ts';
import { SocketContext, useApp } from '../parts/context.ts';
import { ModalController } from '../parts/modals.tsx';
import { Pluggable } from '../parts/pluggable.tsx';
import { applyTheme, currentTheme } from '../parts/theme.ts';
import { setBrowserHistory } from '../plugins/history.ts';
import type { SocketClient } from '../realtime/socket.ts';
import { componentsIn, currentUser } from '../store/selectors.ts';
import type { AppStore } from '../types.ts';
import { LoginScreen } from './login.tsx';
import { Workspace } from './workspace.tsx';

function HistoryBridge(): null {
  setBrowserHistory(useHistory());
  return null;
}

function Localised({ children }: { children: React.ReactNode }): React.ReactElement {
  const chosen = useApp((state) => currentUser(state)?.locale ?? navigator.language.slice(0, 2));
  const translations = useApp((state) => state.views.translations);
  const locale = chosen === 'de' ? 'de' : chosen || 'en';
  const messages = React.useMemo(() => messagesFor(locale, translations), [locale, translations]);
  React.useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return (
    <IntlProvider locale={locale} messages={messages} defaultLocale="en" textComponent="span" onError={ignoreMissing}>
      {children}
    </IntlProvider>
  );
}

/** A plugin's text without a translation falls back to its default; that is no error worth a line. */
function ignoreMissing(error: { code: string; message: string }): void {
  if (error.code !== 'MISSING_TRANSLATION') console.error(error.message);
}

function Themed(): null {
  const theme = useApp(currentTheme);
  React.useLayoutEffect(() => applyTheme(theme), [theme]);
  return null;
}

function CustomRoutes(): React.ReactElement {
  const entries = useApp(componentsIn('CustomRouteComponent'));
  return (
    <Switch>
      {entries.map((entry) => (
        <Route key={entry.id} path={`/plug/${String(entry.route)}`}>
          <div className="plugin-page">
            <Pluggable slot="CustomRouteComponent" id={entry.id} />
          </div>
        </Route>
      ))}
    </Switch>
  );
}

function SignedIn(): React.ReactElement {
  return (
    <>
      <Switch>
        <Redirect from="/login" to="/" />
        <Route path="/admin_console" component={AdminConsole} />
        <Route path="/plug" component={CustomRoutes} />
        <Route component={Workspace} />
      </Switch>
      <Pluggable slot="Global" />
      <ModalController />
    </>
  );
}

function SignedOut(): React.ReactElement {
  const target = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <Switch>
      <Route path="/login" component={LoginScreen} />
      <Redirect to={target === '%2F' ? '/login' : `/login?redirect_to=${target}`} />
    </Switch>
  );
}

/** The whole page; without a signed-in user the login page. */
export function App({ store, socket }: { store: AppStore; socket: SocketClient | null }): React.ReactElement {
  return (
    <Provider store={store as never}>
      <SocketContext.Provider value={socket}>
        <Localised>
          <Themed />
          <BrowserRouter>
            <HistoryBridge />
            {socket === null ? <SignedOut /> : <SignedIn />}
          </BrowserRouter>
        </Localised>
      </SocketContext.Provider>
    </Provider>
  );
}
