import { type Chat, call, chatPath, type Message, type State } from './api.ts';
import { createComposer } from './composer.ts';
import { chatEntry, chatName, messageEntry, nameOf, personEntry } from './view.ts';

const linked = /^\/l\/(?:message|chat)\/([^/]+)\/([^/]+)/.exec(location.pathname);
const composer = createComposer(get);
const me = get<HTMLSelectElement>('me');
let state: State = { people: [], chats: [] };
let open: Chat | null = null;
let highlighted = location.pathname.startsWith('/l/message/') ? (linked?.[2] ?? null) : null;

const actions = {
  edit: (message: Message) => {
    const before = new DOMParser().parseFromString(message.body.content, 'text/html').body.textContent ?? '';
    const content = prompt('Edit the message', before);
    if (content === null || content === before) return;
    void call('PATCH', messagePath(message), { body: { contentType: 'text', content } });
  },
  remove: (message: Message) => {
    void call('DELETE', messagePath(message));
  },
  react: (message: Message, reactionType: string) => {
    void call('POST', `${messagePath(message)}/reactions`, { from: me.value, reactionType });
  },
};

await refresh();
me.value = sessionStorage.getItem('me') ?? state.people.find(({ name }) => name.startsWith('Ann'))?.oid ?? me.value;
if (linked?.[1]) {
  const chat = state.chats.find(({ id }) => id === decodeURIComponent(linked[1] ?? ''));
  if (chat && !chat.members.includes(me.value)) me.value = chat.members[0] ?? me.value;
  if (chat) await show(chat);
}
drawLists();

me.onchange = () => {
  sessionStorage.setItem('me', me.value);
  if (open && !open.members.includes(me.value)) leave();
  drawLists();
  if (open) void show(open);
};
get('back').onclick = leave;
get('chats').onclick = ({ target }) => {
  const id = (target as Element).closest<HTMLElement>('[data-chat]')?.dataset.chat;
  const chat = state.chats.find((one) => one.id === id);
  if (chat) void show(chat);
};
get<HTMLFormElement>('compose').onsubmit = (event) => {
  event.preventDefault();
  void send();
};
get('composer').onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  void send();
};
new EventSource('/playground/events').onmessage = async ({ data }) => {
  const topic = JSON.parse(data);
  if (topic === open?.id) await drawMessages();
  if (topic === 'people' || topic === 'chats') {
    await refresh();
    drawLists();
  }
};

async function refresh(): Promise<void> {
  const chosen = me.value;
  state = await call<State>('GET', '/state');
  me.replaceChildren(...state.people.slice(0, 500).map(({ oid, name }) => new Option(name, oid)));
  if (chosen !== '') me.value = chosen;
  open = state.chats.find(({ id }) => id === open?.id) ?? open;
}

function drawLists(): void {
  const mine = state.chats.filter(({ members }) => members.includes(me.value));
  get('chats').replaceChildren(
    ...mine.map((chat) => chatEntry(chat, chatName(chat, state, me.value), chat.id === open?.id)),
  );
  get('people').replaceChildren(
    ...state.people.slice(0, 50).map((person) =>
      personEntry(person, (availability, activity) => {
        void call('PUT', `/people/${person.oid}/presence`, { availability, activity });
      }),
    ),
  );
}

async function show(chat: Chat): Promise<void> {
  open = chat;
  document.body.classList.add('chatting');
  get('conversation').hidden = false;
  get('nothing').hidden = true;
  get('topic').textContent = chatName(chat, state, me.value);
  get('members').textContent = chat.members.map((oid) => nameOf(state, oid)).join(', ');
  composer.offer(chat, state, me.value);
  drawLists();
  await drawMessages();
}

function leave(): void {
  open = null;
  document.body.classList.remove('chatting');
  get('conversation').hidden = true;
  get('nothing').hidden = false;
  drawLists();
}

async function drawMessages(): Promise<void> {
  if (!open) return;
  const { id } = open;
  const { value } = await call<{ value: Message[] }>('GET', `${chatPath(id)}/messages`);
  if (open?.id !== id) return;
  const list = get('messages');
  list.replaceChildren(...value.map((message) => messageEntry(message, { state, me: me.value, actions })));
  const target = highlighted === null ? null : document.getElementById(`message-${highlighted}`);
  target?.classList.add('highlighted');
  if (target) target.scrollIntoView({ block: 'center' });
  else list.scrollTop = list.scrollHeight;
}

async function send(): Promise<void> {
  const draft = open && composer.take();
  if (!open || !draft) return;
  highlighted = null;
  try {
    await call('POST', '/messages', { chatId: open.id, from: me.value, ...draft });
  } catch (error) {
    alert(error instanceof Error ? error.message : String(error));
  }
}

function messagePath(message: Message): string {
  return `${chatPath(message.chatId)}/messages/${message.id}`;
}

function get<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element with the id ${id}.`);
  return found as T;
}
