import type { Environment } from './environment.ts';
import type { SampleChat, SamplePerson } from './sample.ts';

/** What the control API answers about a written message. */
export interface WrittenMessage {
  id: string;
  chatId: string;
}

/** Writes in Teams as somebody, and moves presence; over the small Microsoft's control API. */
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

/** Waits until everything that was written has reached the sidecar and nothing waits in its inbox. Error: not within the deadline. */
export async function settled(environment: Environment, sidecarUrl: string, deadlineMs = 120_000): Promise<void> {
  const until = Date.now() + deadlineMs;
  // Microsoft gives up waiting for its own queue after a while, and says so.
  while (!(await environment.microsoft.post<{ flushed: boolean }>('/playground/flush')).flushed) {
    if (Date.now() > until) throw new Error('Microsoft does not get rid of its notifications.');
  }
  while ((await waiting(sidecarUrl)) > 0) {
    if (Date.now() > until) throw new Error('The inbox of the sidecar does not become empty.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function waiting(sidecarUrl: string): Promise<number> {
  return metric(await (await fetch(`${sidecarUrl}/metrics`)).text(), 'msteams_connect_inbox_items');
}

/** The value of one sample in Prometheus text; 0 when it is not there. */
export function metric(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line ? Number(line.slice(name.length + 1)) : 0;
}
