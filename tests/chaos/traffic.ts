import type { Environment } from '../../playground/environment.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { Population, PopulationChat } from './readers.ts';

/** What was written in Teams, as it is there in the end. */
export interface Written {
  id: string;
  chat: PopulationChat;
  /** What a post must show. Unique, and no text contains another. */
  text: string;
  deleted: boolean;
}

/** People who write, edit and delete. */
export interface Traffic {
  messages: Written[];
  /** Notifications of new messages so far: one for each connected member. */
  notifications(): number;
  /** Writes until there are this many notifications, in bursts, with an edit or a deletion now and then. */
  writeUntil(notifications: number): Promise<void>;
  /** Writes one message into every chat. */
  writeToAll(): Promise<void>;
}

const EDITS = 0.08;
const DELETIONS = 0.02;
const LOOK_BACK = 200;

/** Nothing written yet. */
export function createTraffic(environment: Environment, population: Population, random: SeededRandom): Traffic {
  const messages: Written[] = [];
  let count = 0;

  async function write(chat: PopulationChat): Promise<void> {
    const text = `Line ${messages.length}, first version.`;
    const from = random.pick(chat.writers);
    const { id } = await environment.microsoft.post<{ id: string }>('/playground/messages', {
      chatId: chat.id,
      from,
      body: { contentType: 'text', content: text },
    });
    messages.push({ id, chat, text, deleted: false });
    count += chat.readers.length;
  }

  async function change(message: Written): Promise<void> {
    const path = `/playground/chats/${encodeURIComponent(message.chat.id)}/messages/${message.id}`;
    if (random.next() < DELETIONS / (EDITS + DELETIONS)) {
      message.deleted = true;
      await environment.microsoft.delete(path);
      return;
    }
    message.text = message.text.replace(/, .*/, `, version ${random.between(1_000, 9_999)}.`);
    await environment.microsoft.patch(path, { body: { contentType: 'text', content: message.text } });
  }

  return {
    messages,
    notifications: () => count,
    writeToAll: async () => {
      for (const chat of population.chats) await write(chat);
    },
    writeUntil: async (notifications) => {
      while (count < notifications) {
        const chat = random.pick(population.chats);
        const burst = random.between(1, 4);
        for (let line = 0; line < burst && count < notifications; line += 1) await write(chat);
        if (random.next() >= (EDITS + DELETIONS) * 2.5) continue;
        const recent = messages.slice(-LOOK_BACK).filter(({ deleted }) => !deleted);
        if (recent.length > 0) await change(random.pick(recent));
      }
    },
  };
}
