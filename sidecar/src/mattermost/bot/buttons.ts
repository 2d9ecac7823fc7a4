import type { ReplyButton } from '../../core/types.ts';

/** How buttons are signed, and where Mattermost sends the clicks. */
export interface ReplySigning {
  sign(action: string): string;
  /** The sidecar's `/mattermost/actions`, as Mattermost reaches it. */
  actionsUrl: string;
  /** Whether the post stays as it is after a click: for an ephemeral post, which Mattermost cannot replace, and for a notification. */
  stays: boolean;
}

/** A message attachment with actions. https://developers.mattermost.com/integrate/plugins/interactive-messages/ */
export interface MessageAttachment {
  actions: Array<{
    id: string;
    type: 'button' | 'select';
    name: string;
    style: string;
    options?: Array<{ text: string; value: string }>;
    integration: { url: string; context: { action: string; stays: boolean } };
  }>;
}

/**
 * The buttons and menus as one attachment; no attachment without buttons. Action ids have letters and digits only, because Mattermost's
 * route takes no others: https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/api4/api.go
 */
export function attachmentsOf(buttons: readonly ReplyButton[] | undefined, signing: ReplySigning): MessageAttachment[] {
  if (!buttons?.length) return [];
  const actions = buttons.map(({ label, style, action, options }, index) => ({
    id: `button${index + 1}`,
    type: options ? ('select' as const) : ('button' as const),
    name: label,
    style,
    ...(options ? { options: options.map((one) => ({ text: one.label, value: one.value })) } : {}),
    integration: {
      url: signing.actionsUrl,
      context: { action: signing.sign(action), stays: signing.stays },
    },
  }));
  return [{ actions }];
}
