import type { Chat, Person, State } from './api.ts';

/** What is sent: Teams markup with the parts it refers to. */
export interface Draft {
  body: { contentType: 'text' | 'html'; content: string };
  mentions: object[];
  attachments: object[];
  hostedContents: { contentType: string; base64: string }[];
  importance: string;
}

interface Attached {
  name: string;
  picture: { contentType: string; base64: string } | null;
}

/** The writing area. `take` reads what was written and empties it; null when there is nothing. */
export interface Composer {
  offer(chat: Chat, state: State, me: string): void;
  take(): Draft | null;
}

type Get = <T extends HTMLElement>(id: string) => T;

/** Makes the writing area and its buttons work. */
export function createComposer(get: Get): Composer {
  const area = get('composer');
  const mention = get<HTMLSelectElement>('mention');
  const importance = get<HTMLSelectElement>('importance');
  const files = createAttachments(get);
  let people: Person[] = [];
  makeButtonsWork(area);
  mention.onchange = () => {
    const person = people.find(({ oid }) => oid === mention.value);
    mention.value = '';
    if (person) insertMention(area, person);
  };
  return {
    offer: (chat, state, me) => {
      people = state.people.filter(({ oid }) => chat.members.includes(oid) && oid !== me);
      mention.replaceChildren(new Option('@', ''), ...people.map(({ oid, name }) => new Option(name, oid)));
    },
    take: () => {
      const draft = toDraft(area, { attached: files.list(), people, importance: importance.value });
      if (!draft) return null;
      area.replaceChildren();
      files.clear();
      importance.value = 'normal';
      return draft;
    },
  };
}

/** The pictures and files that go with the next message. */
function createAttachments(get: Get): { list(): Attached[]; clear(): void } {
  let attached: Attached[] = [];

  function set(next: Attached[]): void {
    attached = next;
    get('attached').replaceChildren(
      ...attached.map((file) => attachedEntry(file, () => set(attached.filter((other) => other !== file)))),
    );
  }

  get<HTMLInputElement>('picture').onchange = async ({ target }) => {
    const input = target as HTMLInputElement;
    const chosen = [...(input.files ?? [])].map(async (file) => {
      return { name: file.name, picture: { contentType: file.type, base64: await toBase64(file) } };
    });
    set([...attached, ...(await Promise.all(chosen))]);
    // Choosing the same picture again must count as a change.
    input.value = '';
  };
  get<HTMLInputElement>('file').onchange = ({ target }) => {
    const input = target as HTMLInputElement;
    set([...attached, ...[...(input.files ?? [])].map(({ name }) => ({ name, picture: null }))]);
    input.value = '';
  };
  return { list: () => attached, clear: () => set([]) };
}

function attachedEntry(file: Attached, remove: () => void): HTMLElement {
  const entry = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = '×';
  button.ariaLabel = `Remove ${file.name}`;
  button.onclick = remove;
  entry.append(file.picture ? 'Picture: ' : 'File: ', file.name, button);
  return entry;
}

function makeButtonsWork(area: HTMLElement): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-format]')) {
    // Keeps the selection where it is while the button is pressed.
    button.onmousedown = (event) => event.preventDefault();
    button.onclick = () => format(area, button.dataset.format ?? '');
  }
  // Pasted formatting of other pages is dropped.
  area.onpaste = (event) => {
    event.preventDefault();
    document.execCommand('insertText', false, event.clipboardData?.getData('text/plain') ?? '');
  };
}

function insertMention(area: HTMLElement, person: Person): void {
  const chip = document.createElement('span');
  Object.assign(chip, { className: 'at', contentEditable: 'false', textContent: person.name });
  chip.dataset.oid = person.oid;
  area.append(chip, '\u00a0');
  area.focus();
  getSelection()?.selectAllChildren(area);
  getSelection()?.collapseToEnd();
}

function format(area: HTMLElement, how: string): void {
  area.focus();
  if (how === 'bold' || how === 'italic') document.execCommand(how);
  if (how === 'list') document.execCommand('insertUnorderedList');
  if (how === 'code') document.execCommand('formatBlock', false, 'pre');
  if (how !== 'link') return;
  const address = prompt('Address of the link', 'https://');
  if (address !== null && /^https?:\/\//.test(address)) document.execCommand('createLink', false, address);
}

function toDraft(
  area: HTMLElement,
  parts: { attached: Attached[]; people: Person[]; importance: string },
): Draft | null {
  const { attached, people, importance } = parts;
  const written = area.cloneNode(true) as HTMLElement;
  const mentions = [...written.querySelectorAll<HTMLElement>('span.at')].map((chip, id) => {
    const at = document.createElement('at');
    at.id = String(id);
    at.textContent = chip.textContent;
    const person = people.find(({ oid }) => oid === chip.dataset.oid);
    chip.replaceWith(at);
    const user = { id: chip.dataset.oid, displayName: person?.name ?? null, userIdentityType: 'aadUser' };
    return {
      id,
      mentionText: at.textContent,
      mentioned: { application: null, device: null, conversation: null, tag: null, user },
    };
  });
  for (const code of written.querySelectorAll('pre')) code.replaceWith(toCodeBlock(code));
  const pictures = attached.flatMap(({ picture }) => (picture ? [picture] : []));
  const attachments = attached.filter(({ picture }) => !picture).map(({ name }) => toReference(name));
  const isPlain = written.children.length === 0 && attached.length === 0;
  const text = (written.textContent ?? '').trim();
  if (text === '' && attached.length === 0) return null;
  if (isPlain)
    return { body: { contentType: 'text', content: text }, mentions, attachments, hostedContents: [], importance };
  const images = pictures.map((_picture, index) => `<p><img src="{{hosted:${index}}}" alt="picture"></p>`);
  const files = attachments.map(({ id }) => `<attachment id="${id}"></attachment>`);
  const content = `<div>${written.innerHTML}</div>${images.join('')}${files.join('')}`;
  return { body: { contentType: 'html', content }, mentions, attachments, hostedContents: pictures, importance };
}

function toCodeBlock(source: Element): Element {
  const block = document.createElement('codeblock');
  const code = document.createElement('code');
  code.textContent = (source as HTMLElement).innerText || source.textContent;
  block.className = 'Plain';
  block.append(code);
  return block;
}

function toReference(name: string): { id: string; [field: string]: unknown } {
  const contentUrl = `https://contoso-my.sharepoint.com/personal/documents/${encodeURIComponent(name)}`;
  const id = crypto.randomUUID();
  return { id, contentType: 'reference', contentUrl, content: null, name, thumbnailUrl: null, teamsAppId: null };
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
