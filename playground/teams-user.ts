import type { Environment } from './environment.ts';
import { readMetric } from './metrics.ts';
import type { SampleChat, SamplePerson } from './sample.ts';

/** A message as the control API answers it after writing. */
export interface WrittenMessage {
  id: string;
  chatId: string;
}

/** A person in Teams: writes, edits and deletes messages and sets the presence, over the Microsoft emulator's control API. */
export function createTeamsUser(environment: Environment, person: SamplePerson) {
  return {
    write: (chat: SampleChat, content: string, more: Record<string, unknown> = {}) =>
      environment.microsoft.post<WrittenMessage>('/playground/messages', {
        chatId: chat.id,
        from: person.oid,
        body: { contentType: content.includes('<') ? 'html' : 'text', content },
        ...more,
      }),
    edit: (message: WrittenMessage, content: string) =>
      environment.microsoft.patch(`/playground/chats/${encodeURIComponent(message.chatId)}/messages/${message.id}`, {
        body: { contentType: content.includes('<') ? 'html' : 'text', content },
      }),
    remove: (message: WrittenMessage) =>
      environment.microsoft.delete(`/playground/chats/${encodeURIComponent(message.chatId)}/messages/${message.id}`),
    appear: (availability: string, activity = availability) =>
      environment.microsoft.put(`/playground/people/${person.oid}/presence`, { availability, activity }),
  };
}

/**
 * Waits until Microsoft has sent every notification and the sidecar has worked all of them off.
 * @throws {Error} not within `deadlineMs`
 */
export async function settled(environment: Environment, sidecarUrl: string, deadlineMs = 120_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  // A flush waits for the emulator's queue for a limited time only.
  while (!(await environment.microsoft.post<{ flushed: boolean }>('/playground/flush')).flushed) {
    if (Date.now() > deadline) throw new Error('The Microsoft emulator still has notifications to send.');
  }
  while ((await readMetric(sidecarUrl, 'inbox_items')) > 0) {
    if (Date.now() > deadline) throw new Error('The sidecar still has notifications in its queue.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
