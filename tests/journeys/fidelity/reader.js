/**
 * Runs in the browser. Shows documents in a sandboxed frame without scripts, each in a shadow of its own, and says what a person reads in
 * each. It is JavaScript because it is handed to the page as it stands.
 */
globalThis.readShown = async (documents) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin');
  frame.style.cssText = 'width:900px;height:600px;border:0';
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const shown = documents.map((given) => show(frame.contentDocument, given));
  const readings = shown.map(read);
  frame.remove();
  return readings;
};

/** Each document is parsed apart: what one leaves open must not swallow the next. */
function show(page, { style, html }) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const host = page.createElement('section');
  const sheet = page.createElement('style');
  sheet.textContent = style;
  const body = page.createElement('div');
  body.className = 'body';
  body.append(...[...parsed.head.childNodes, ...parsed.body.childNodes].map((node) => page.importNode(node, true)));
  host.attachShadow({ mode: 'open' }).append(sheet, body);
  page.body.append(host);
  return body;
}

function read(body) {
  drawTeamsElements(body);
  // What the page writes above code is no part of the message.
  for (const label of body.querySelectorAll('.post-code__language')) label.remove();
  const all = (selector) =>
    [...body.querySelectorAll(selector)].filter((element) => element.getClientRects().length > 0);
  const reading = {
    bold: styled(body, (style) => Number(style.fontWeight) >= 600),
    italic: styled(body, (style) => style.fontStyle === 'italic'),
    struck: textIn(body, 's, strike, del, [style*="line-through"]'),
    headings: all('h1, h2, h3, h4, h5, h6').map((element) => `${element.localName} ${tidy(element.innerText)}`),
    links: all('a[href]').map((element) => [tidy(element.innerText), element.getAttribute('href')]),
    code: all(BLOCKS)
      .filter((element) => !element.parentElement.closest(BLOCKS))
      .map(codeOf),
    spans: all('code')
      .filter((element) => !element.closest(BLOCKS))
      .map((element) => tidy(element.innerText)),
    quotes: all('blockquote').map((element) => tidy(element.innerText)),
    tables: all('table')
      .filter((element) => !element.parentElement.closest('table'))
      .map(tableOf),
    pictures: body.querySelectorAll('img').length,
    lively: [...body.querySelectorAll('[data-lively]')].map((element) => element.dataset.lively),
    texts: textNodes(body, (parent) => !parent.closest(`code, ${BLOCKS}`)),
  };
  for (const table of all('table')) if (table.isConnected) replaceByLine(table, '[table]');
  for (const rule of all('hr')) replaceByLine(rule, '[rule]');
  for (const item of body.querySelectorAll('li')) item.prepend(`${markerOf(item)} `);
  reading.lines = joinMarkers(
    body.innerText
      .split('\n')
      .map(tidy)
      .filter((line) => line !== ''),
  );
  return reading;
}

/** A marker stands beside the first line of its entry, also where that is a paragraph of its own. */
function joinMarkers(lines) {
  const joined = [];
  for (const line of lines) {
    if (/^•*(?:•|\d+\.)$/.test(joined.at(-1) ?? '')) joined.push(`${joined.pop()} ${line}`);
    else joined.push(line);
  }
  return joined;
}

const BLOCKS = 'pre, codeblock';

/** What Teams draws itself: emoji, and boxes to tick. */
function drawTeamsElements(body) {
  for (const emoji of body.querySelectorAll('emoji')) emoji.prepend(emoji.getAttribute('alt') || emoji.title);
  for (const emoji of body.querySelectorAll('customemoji')) {
    const name = emoji.getAttribute('alt') || emoji.title;
    if (name) emoji.prepend(/^:.*:$/.test(name) ? name : `:${name}:`);
  }
  for (const image of body.querySelectorAll('img[alt]')) {
    if (/emoji/i.test(`${image.getAttribute('itemtype')} ${image.className}`)) image.replaceWith(image.alt);
  }
  for (const box of body.querySelectorAll('input[type=checkbox]')) box.replaceWith(box.checked ? '[x] ' : '[ ] ');
}

/** White space, hard spaces and the invisible joiner are nothing to read. */
function tidy(text) {
  return text
    .replaceAll('\u2060', '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim();
}

function codeOf(element) {
  return element.innerText
    .replaceAll('\u2060', '')
    .replaceAll('\u00a0', ' ')
    .replace(/^\n+|\s+$/g, '');
}

/** Rows and columns with nothing in them are no part of what a table says. */
function tableOf(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => tidy(cell.innerText)));
  return rows.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1)).filter((row) => row.length > 0);
}

function replaceByLine(element, text) {
  const line = element.ownerDocument.createElement('div');
  line.textContent = text;
  element.replaceWith(line);
}

/** `•` for each level of bullets, `••3.` for the third entry of a numbered list inside another list. */
function markerOf(item) {
  let depth = 0;
  for (let at = item.parentElement; at; at = at.parentElement) if (/^[ou]l$/.test(at.localName)) depth += 1;
  const list = item.parentElement;
  if (list.localName !== 'ol') return '•'.repeat(Math.max(depth, 1));
  let number = list.start - 1;
  for (const sibling of list.children) {
    if (sibling.localName !== 'li') continue;
    number = sibling.hasAttribute('value') ? sibling.value : number + 1;
    if (sibling === item) break;
  }
  return `${'•'.repeat(depth - 1)}${number}.`;
}

function textNodes(body, wanted) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim() !== '' && parentElement.getClientRects().length > 0 && wanted(parentElement)) texts.push(data);
  }
  return texts;
}

/** All letters that look so, without the spaces between them. Headings and heads of tables are bold by nature. */
function styled(body, looks) {
  const letters = textNodes(
    body,
    (parent) => !parent.closest(`h1, h2, h3, h4, h5, h6, table, code, ${BLOCKS}`) && looks(getComputedStyle(parent)),
  );
  return tidy(letters.join('')).replaceAll(' ', '');
}

function textIn(body, selector) {
  return tidy(textNodes(body, (parent) => parent.closest(selector) && !parent.closest('table')).join('')).replaceAll(
    ' ',
    '',
  );
}
