/** The chat and message that a notification names. */
export interface MessageAddress {
  chatId: string;
  messageId: string;
}

const MAX_PATH = 2_048;
const QUOTED = /^\/?(?:users\('[^']*'\)\/)?chats\('((?:[^']|''){1,512})'\)\/messages\('(\d{1,20})'\)$/i;
const PLAIN = /^\/?(?:users\/[^/]+\/)?chats\/([^/']{1,512})\/messages\/(\d{1,20})$/i;

/**
 * Reads the path of a chat message, such as `chats('19:…@thread.v2')/messages('1612289765949')`, with or without `users('…')/` before
 * it. OData doubles quotes inside quotes; some paths come percent-encoded. Null for any other path.
 * https://learn.microsoft.com/graph/teams-changenotifications-chatmessage#notification-payloads
 */
export function parseMessagePath(path: string): MessageAddress | null {
  if (path.length > MAX_PATH) return null;
  const match = QUOTED.exec(path) ?? PLAIN.exec(path) ?? QUOTED.exec(decode(path));
  const [, chat, messageId] = match ?? [];
  if (chat === undefined || messageId === undefined) return null;
  const chatId = decode(chat.replaceAll("''", "'"));
  return isPlainId(chatId) ? { chatId, messageId } : null;
}

/** Graph's ids hold neither white space nor control characters. */
function isPlainId(id: string): boolean {
  return /^[\x21-\x7e]+$/.test(id);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
