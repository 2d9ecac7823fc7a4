import { isSafeHref } from '../markdown/inline.ts';
import { browserHistory } from '../plugins/history.ts';

/** Follows the `goto_location` of a command: paths and addresses of this site inside the page, safe others in a window. */
export function gotoLocation(location: string): void {
  const site = window.location.origin;
  if (location.startsWith('/')) browserHistory().push(location);
  else if (location.startsWith(`${site}/`)) browserHistory().push(location.slice(site.length));
  else if (isSafeHref(location)) window.open(location);
}
