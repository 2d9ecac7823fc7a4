const CONTEXT = encodeURIComponent('{"contextType":"chat"}');

/**
 * The address that opens one message of a chat. `teamsUrl` is the cloud's, without a trailing slash.
 * Source: Microsoft "Deep link to a chat", format of 2026-03 (without `tenantId`).
 */
export function messageLink(teamsUrl: string, chatId: string, messageId: string): string {
  return `${teamsUrl}/l/message/${encode(chatId)}/${encode(messageId)}?context=${CONTEXT}`;
}

/** Parentheses and the like would end a Markdown link. */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
