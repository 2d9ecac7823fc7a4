/** Spacing that Mattermost's styles of the System Console do not set. */
export const PARAGRAPH = { margin: '0 0 12px' };
export const CELL = { padding: '8px 12px 8px 0', textAlign: 'left', verticalAlign: 'top' } as const;
