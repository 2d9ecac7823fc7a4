import { type Chat, chatPath, type Message, type Person, type State } from './api.ts';
import { toNodes } from './sanitize.ts';

const PRESENCES: [string, string][] = [
  ['Available', 'Available'],
  ['Busy', 'InACall'],
  ['Busy', 'InAMeeting'],
  ['DoNotDisturb', 'Presenting'],
  ['BeRightBack', 'BeRightBack'],
  ['Away', 'Away'],
  ['Offline', 'Offline'],
  ['Offline', 'OffWork'],
];

/** What a person may do with a message they see. */
export interface MessageActions {
  edit(message: Message): void;
  remove(message: Message): void;
  react(message: Message, reactionType: string): void;
}

/** Name of a chat as its members see it: the topic, or the others' names. */
export function chatName(chat: Chat, state: State, me: string): string {
  if (chat.topic !== null) return chat.topic;
  const others = chat.members.filter((oid) => oid !== me);
  return others.map((oid) => nameOf(state, oid)).join(', ');
}

/** Name of a person. */
export function nameOf(state: State, oid: string): string {
  return state.people.find((person) => person.oid === oid)?.name ?? 'Somebody';
}

/** One entry of the list of chats. */
export function chatEntry(chat: Chat, name: string, isOpen: boolean): HTMLElement {
  const button = element('button', isOpen ? 'chat open' : 'chat');
  button.dataset.testid = `chat-${chat.id}`;
  button.dataset.chat = chat.id;
  const kind = chat.kind === 'oneOnOne' ? '1:1' : chat.kind;
  button.append(avatar(name), element('span', 'name', name), element('small', '', kind));
  return item(button);
}

/** One person with what Teams says about them, and the way to change it. */
export function personEntry(person: Person, change: (availability: string, activity: string) => void): HTMLElement {
  const entry = element('label', 'person');
  const select = document.createElement('select');
  select.dataset.testid = `presence-${person.oid}`;
  const { availability, activity } = person.presence;
  const known = PRESENCES.some(([first, second]) => first === availability && second === activity);
  const choices = known ? PRESENCES : [[availability, activity] as [string, string], ...PRESENCES];
  select.append(
    ...choices.map(
      ([first, second]) => new Option(first === second ? first : `${first} · ${second}`, `${first} ${second}`),
    ),
  );
  select.value = `${availability} ${activity}`;
  select.onchange = () => {
    const [first = '', second = ''] = select.value.split(' ');
    change(first, second);
  };
  entry.append(element('span', `dot ${availability.toLowerCase()}`), element('span', 'name', person.name), select);
  return item(entry);
}

/** One message, with buttons for its writer. */
export function messageEntry(
  message: Message,
  { state, me, actions }: { state: State; me: string; actions: MessageActions },
): HTMLElement {
  const senderId = message.from?.user?.id;
  const entry = element('li', senderId === me ? 'message own' : 'message');
  entry.id = `message-${message.id}`;
  entry.dataset.testid = entry.id;
  if (message.eventDetail) {
    entry.className = 'event';
    const type = message.eventDetail['@odata.type'] ?? '';
    entry.append(type.replace('#microsoft.graph.', '').replace('EventMessageDetail', ''));
    return entry;
  }
  const name = senderId ? nameOf(state, senderId) : (message.from?.application?.displayName ?? 'Somebody');
  const time = new Date(message.createdDateTime).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const head = element('div', 'head');
  head.append(element('strong', '', name), element('small', '', time));
  if (message.lastEditedDateTime && !message.deletedDateTime) head.append(element('small', '', 'edited'));
  if (message.importance !== 'normal') head.append(element('small', 'alarm', message.importance));
  const bubble = element('div', 'bubble');
  bubble.append(...bodyOf(message));
  const foot = element('div', 'foot');
  foot.append(...reactionsOf(message), ...buttons(message, senderId === me, actions));
  entry.append(avatar(name), head, bubble, foot);
  return entry;
}

function bodyOf(message: Message): Node[] {
  if (message.deletedDateTime) return [element('em', '', 'This message has been deleted.')];
  const picture = (id: string) => `/playground${chatPath(message.chatId)}/messages/${message.id}/hosted/${id}`;
  const { contentType, content } = message.body;
  const text = contentType === 'html' ? toNodes(content, picture) : [document.createTextNode(content)];
  const cards = message.attachments.map((attachment) => {
    const card = element('div', 'attachment');
    card.append(attachment.name ?? attachment.contentType);
    return card;
  });
  const subject = message.subject === null ? [] : [element('strong', 'subject', message.subject)];
  return [...subject, ...text, ...cards];
}

function reactionsOf(message: Message): Node[] {
  return message.reactions.map(({ reactionType }) => element('span', 'reaction', reactionType));
}

function buttons(message: Message, isOwn: boolean, actions: MessageActions): Node[] {
  if (message.deletedDateTime) return [];
  const make = (label: string, testId: string, run: () => void) => {
    const button = element('button', 'quiet', label);
    button.dataset.testid = `${testId}-${message.id}`;
    button.onclick = run;
    return button;
  };
  const reactions = ['👍', '❤️', '😄'].map((reaction, index) =>
    make(reaction, `react-${index}`, () => actions.react(message, reaction)),
  );
  if (!isOwn) return reactions;
  return [
    ...reactions,
    make('Edit', 'edit', () => actions.edit(message)),
    make('Delete', 'delete', () => actions.remove(message)),
  ];
}

function avatar(name: string): HTMLElement {
  const initials = name.split(' ').map((word) => word.charAt(0));
  const picture = element('span', 'avatar', initials.join('').slice(0, 2));
  picture.ariaHidden = 'true';
  return picture;
}

function item(content: Node): HTMLElement {
  const entry = document.createElement('li');
  entry.append(content);
  return entry;
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  if (text !== '') made.textContent = text;
  return made;
}
