import { parseDocument } from 'htmlparser2';
import { Agent, request } from 'undici';

/** One page as the browser got it. */
export interface Page {
  url: string;
  status: number;
  text: string;
  forms: Form[];
}

export interface Form {
  action: string;
  method: string;
  fields: Record<string, string>;
  buttons: Array<{ name: string; value: string; text: string }>;
}

/** A browser over plain HTTP: cookies per host, redirects and forms, without scripts. */
export interface HttpBrowser {
  open(url: string): Promise<Page>;
  /** Submits the form of the first button for which `matches` is true. */
  press(page: Page, matches: (button: Form['buttons'][number]) => boolean): Promise<Page>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 10;

/** Trusts `ca` (PEM) only. */
export function createHttpBrowser(ca: string): HttpBrowser {
  const dispatcher = new Agent({ connect: { ca } });
  const jar = new Map<string, Map<string, string>>();

  async function go(method: 'GET' | 'POST', address: string, form?: Record<string, string>): Promise<Page> {
    let [verb, url, body] = [method, new URL(address), form ? new URLSearchParams(form).toString() : null];
    for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
      const cookies = [...(jar.get(url.host) ?? new Map())].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await request(url, {
        method: verb,
        dispatcher,
        body,
        headers: {
          accept: 'text/html',
          ...(cookies ? { cookie: cookies } : {}),
          ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }),
        },
      });
      const text = await answer.body.text();
      remember(jar, url.host, answer.headers['set-cookie']);
      const location = answer.headers.location;
      if (typeof location !== 'string')
        return { url: url.href, status: answer.statusCode, text, forms: readForms(text, url) };
      if (answer.statusCode !== 307 && answer.statusCode !== 308) [verb, body] = ['GET', null];
      url = new URL(location, url);
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects from ${address}.`);
  }

  return {
    open: (url) => go('GET', url),
    press: (page, matches) => {
      for (const form of page.forms) {
        const button = form.buttons.find(matches);
        if (!button) continue;
        const fields = button.name ? { ...form.fields, [button.name]: button.value } : form.fields;
        return go(form.method === 'post' ? 'POST' : 'GET', form.action, fields);
      }
      const seen = page.forms.flatMap((form) => form.buttons.map((button) => button.text)).join(', ');
      throw new Error(
        `No such button on ${page.url} (${page.status}). There are: ${seen || 'none'}.\n${page.text.slice(0, 2_000)}`,
      );
    },
    close: () => dispatcher.close(),
  };
}

function remember(jar: Map<string, Map<string, string>>, host: string, header: string | string[] | undefined): void {
  const cookies = jar.get(host) ?? new Map<string, string>();
  jar.set(host, cookies);
  for (const line of [header ?? []].flat()) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (value === '' || /max-age=0\b/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

type Node = ReturnType<typeof parseDocument>['children'][number];

function readForms(html: string, base: URL): Form[] {
  const forms: Form[] = [];
  const walk = (nodes: readonly Node[], form: Form | null): void => {
    for (const node of nodes) {
      if (!('attribs' in node)) continue;
      const opened = node.name === 'form' ? openForm(node.attribs, base) : form;
      if (opened && opened !== form) forms.push(opened);
      if (opened) readControl(node, opened);
      walk(node.children as Node[], opened);
    }
  };
  walk(parseDocument(html).children, null);
  return forms;
}

function openForm(attributes: Record<string, string>, base: URL): Form {
  return {
    action: new URL(attributes.action ?? '', base).href,
    method: (attributes.method ?? 'get').toLowerCase(),
    fields: {},
    buttons: [],
  };
}

function readControl(node: Extract<Node, { attribs: Record<string, string> }>, form: Form): void {
  const { name = '', value = '', type = '' } = node.attribs;
  if (node.name === 'input' && name && type !== 'submit') form.fields[name] = value;
  if (node.name === 'button' || (node.name === 'input' && type === 'submit'))
    form.buttons.push({ name, value, text: textOf(node).trim() || value });
}

function textOf(node: Node): string {
  if (node.type === 'text') return node.data;
  return 'children' in node ? (node.children as Node[]).map(textOf).join('') : '';
}
