/** The one style sheet of the sign-in pages, inline, allowed by its hash. Light and dark after the reader's system. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f3f4f8; --card: #fff; --text: #1f2430; --soft: #5b6275; --line: #dfe2ea; --brand: #4b53bc; --on-brand: #fff; --good: #1d7a4c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14161d; --card: #1f222c; --text: #eceef4; --soft: #a9b0c2; --line: #353a48; --brand: #a5abf5; --on-brand: #14161d; --good: #6fd3a0; --bad: #ff9d94; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 29rem; padding: 2rem 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 8px 30px rgb(0 0 0 / 8%); }
svg { display: block; width: 48px; height: 48px; color: var(--brand); }
.good svg { color: var(--good); }
.bad svg { color: var(--bad); }
h1 { margin: 1rem 0 .5rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: .75rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .925rem; }
blockquote { margin: .75rem 0; padding: .75rem 1rem; border-left: 4px solid var(--brand); background: var(--page); border-radius: 6px; overflow-wrap: anywhere; }
.action { display: block; width: 100%; margin-top: 1.25rem; padding: .8rem 1rem; border: 0; border-radius: 9px; background: var(--brand); color: var(--on-brand); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.action:hover { filter: brightness(1.08); }
.action:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
@media (max-width: 420px) { main { padding: 1.5rem 1.15rem; } h1 { font-size: 1.25rem; } }
`;

/** Closes a window that a script opened; browsers ignore it for all others. */
export const CLOSING_SCRIPT = 'setTimeout(() => window.close(), 5000);';

/** The product's mark, as in `assets/icon.svg`, in the colour of the text. */
export const MARK =
  '<svg viewBox="0 0 32 32" fill="currentColor" fill-rule="evenodd" aria-hidden="true"><path d="M8 0h16a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8H8a8 8 0 0 1-8-8V8a8 8 0 0 1 8-8zM8 9.5v8a2.5 2.5 0 0 0 2.500 2.500h.5v4.600L16 20h5.500A2.500 2.500 0 0 0 24 17.500v-8A2.500 2.500 0 0 0 21.500 7h-11A2.500 2.500 0 0 0 8 9.500zM12 11h8v2h-3v5h-2v-5h-3z"/></svg>';

/** A tick in a circle. */
export const TICK =
  '<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="20"/><path d="m15 25 6 6 12-13"/></svg>';

/** An exclamation mark in a circle. */
export const ALERT =
  '<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" aria-hidden="true"><circle cx="24" cy="24" r="20"/><path d="M24 14v12M24 33.5v.5"/></svg>';
