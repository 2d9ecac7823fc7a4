const CONTEXT = encodeURIComponent('{"contextType":"chat"}');

/**
 * The address that opens one message of a chat. `teamsUrl` is the cloud's, without a trailing slash.
 * Format of 2026-03, without `tenantId`: https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams.
 */
export function messageLink(teamsUrl: string, chatId: string, messageId: string): string {
  return `${teamsUrl}/l/message/${encode(chatId)}/${encode(messageId)}?context=${CONTEXT}`;
}

/** Parentheses and similar characters would end a Markdown link. */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
