const ALLOWED = new Set(
  'a b blockquote br code div em h1 h2 h3 hr i li ol p pre s span strong sub sup table tbody td th thead tr u ul'.split(
    ' ',
  ),
);
const DROPPED = new Set(['script', 'style', 'iframe', 'object', 'embed', 'template', 'noscript', 'svg', 'math']);

/** Where the page finds a picture of a message. */
export type PictureAddress = (hostedId: string) => string;

/** Message HTML as nodes of known elements only; everything else becomes its text. Nothing of the source is ever parsed into the page. */
export function toNodes(content: string, picture: PictureAddress): Node[] {
  const parsed = new DOMParser().parseFromString(content, 'text/html');
  return [...parsed.body.childNodes].flatMap((node) => copy(node, picture));
}

function copy(node: Node, picture: PictureAddress): Node[] {
  if (node instanceof Text) return [document.createTextNode(node.data)];
  if (!(node instanceof Element)) return [];
  const name = node.localName;
  if (DROPPED.has(name) || name === 'attachment') return [];
  if (name === 'emoji' || name === 'customemoji') return [document.createTextNode(node.getAttribute('alt') ?? '')];
  if (name === 'img') return [image(node, picture)];
  const children = [...node.childNodes].flatMap((child) => copy(child, picture));
  if (name === 'at') return [wrap('span', children, 'at')];
  if (name === 'codeblock') return [wrap('pre', children, 'codeblock')];
  if (!ALLOWED.has(name)) return children;
  const element = wrap(name, children);
  if (element instanceof HTMLAnchorElement) setLink(element, node.getAttribute('href') ?? '');
  return [element];
}

function wrap(name: string, children: Node[], className = ''): HTMLElement {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

function setLink(element: HTMLAnchorElement, address: string): void {
  if (!/^(https?:|mailto:)/i.test(address)) return;
  element.href = address;
  element.rel = 'noopener noreferrer';
  element.target = '_blank';
}

/** Pictures are shown when they belong to the message; any other is named only, so that opening a chat makes no request to other servers. */
function image(node: Element, picture: PictureAddress): Node {
  const hosted = /\/hostedContents\/([^/]+)\/\$value/.exec(node.getAttribute('src') ?? '')?.[1];
  if (hosted === undefined) return document.createTextNode(`[picture: ${node.getAttribute('alt') ?? 'elsewhere'}]`);
  const element = document.createElement('img');
  element.src = picture(hosted);
  element.alt = node.getAttribute('alt') ?? 'picture';
  return element;
}
