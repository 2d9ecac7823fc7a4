import type { Attachment } from '../../../sidecar/src/core/types.ts';

/** What the drawing of a message needs. `html` is the text as it is in Teams, pictures inside as data. */
export interface Bubble {
  sender: string;
  subject: string | null;
  importance: string;
  edited: boolean;
  deleted: boolean;
  html: string;
  attachments: readonly Attachment[];
}

const STYLE = `
  body { margin: 0; overflow: auto; padding: 1px 0; background: #f5f5f5; font: 14px/20px "Segoe UI", system-ui, sans-serif; color: #242424 }
  #message { width: 424px; margin: 8px; scroll-margin: 8px; padding-left: 44px; position: relative; box-sizing: border-box }
  .face { position: absolute; left: 2px; top: 2px; width: 32px; height: 32px; border-radius: 50%; background: #5b5fc7; color: #fff;
    font-size: 12px; font-weight: 600; line-height: 32px; text-align: center }
  .head { font-size: 12px; color: #616161; margin-bottom: 4px }
  .bubble { background: #fff; border-radius: 4px; padding: 8px 14px; overflow-wrap: anywhere; box-shadow: 0 0 1px #0003 }
  .bubble > :first-child { margin-top: 0 } .bubble > :last-child { margin-bottom: 0 }
  .urgent { border-left: 4px solid #c4314b } .urgent .flag { color: #c4314b; font-weight: 700; font-size: 12px }
  p { margin: 0 0 8px } h1 { font-size: 20px; line-height: 26px } h2 { font-size: 17px } h3 { font-size: 15px } h1, h2, h3 { margin: 4px 0 6px }
  ul, ol { margin: 0 0 8px; padding-left: 24px } li:has(> input) { list-style: none } a { color: #4f52b2 } img { max-width: 100%; height: auto; display: block }
  blockquote { margin: 0 0 8px; padding-left: 10px; border-left: 3px solid #b3b0ad; color: #424242 }
  code { font: 12.5px/18px ui-monospace, Consolas, monospace; background: #f0f0f0; padding: 1px 4px; border-radius: 3px }
  codeblock { display: block; white-space: pre; background: #f0f0f0; padding: 8px 10px; border-radius: 4px; margin: 0 0 8px }
  codeblock code { background: none; padding: 0; display: block } at { color: #4f52b2; font-weight: 600 }
  table { border-collapse: collapse } td, th { border: 1px solid #d1d1d1; padding: 4px 8px; text-align: left }
  .box { display: block; border: 1px solid #d1d1d1; border-radius: 4px; padding: 8px 10px; margin: 0 0 8px; background: #fafafa }
  .box small { color: #616161 } .box.reply { border-left: 4px solid #b3b0ad } .box .big { font-size: 16px; font-weight: 700 }
  .fact { display: grid; grid-template-columns: 80px 1fr } .button { display: inline-block; border: 1px solid #8a8886; border-radius: 4px; padding: 2px 10px; margin: 6px 6px 0 0 }
  .banner { display: block; background: #5b5fc7; color: #fff; font-size: 18px; font-weight: 700; padding: 14px; border-radius: 4px; margin: 0 0 8px }
  .gone { color: #616161; font-style: italic }`;

/** The message as one document: its own HTML in a bubble, with the boxes that Teams draws for attachments in their simplest form. */
export function bubbleHtml(bubble: Bubble): string {
  const { sender, subject, importance, edited, deleted } = bubble;
  const initials = sender.split(' ').map((word) => word.charAt(0));
  const flag = importance === 'urgent' ? '<div class="flag">! URGENT</div>' : '';
  const title = subject === null ? '' : `<p><b>${escaped(subject)}</b></p>`;
  const text = deleted ? '<span class="gone">This message has been deleted.</span>' : withBoxes(bubble);
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div id="message"><div class="face">${initials.join('')}</div>
    <div class="head">${escaped(sender)} · 16:00${edited ? ' · Edited' : ''}</div>
    <div class="bubble ${importance}">${flag}${title}${text}</div></div>`;
}

function withBoxes({ html, attachments }: Bubble): string {
  const drawn = html
    .replace(/<(?:custom)?emoji [^>]*?alt="([^"]*)"[^>]*>/g, '$1')
    .replace(/<attachment id="([^"]*)"><\/attachment>/g, (_, id: string) => {
      const found = attachments.find((attachment) => attachment.id === id);
      return found ? box(found) : '';
    });
  return drawn;
}

type Fields = Record<string, unknown>;

function box({ contentType, content, name }: Attachment): string {
  const given: Fields = JSON.parse(content ?? '{}');
  switch (contentType) {
    case 'reference':
      return `<span class="box">📄 ${escaped(name ?? '')}</span>`;
    case 'messageReference':
      return `<span class="box reply"><small>${nameIn(given.messageSender)}</small><br>${escaped(String(given.messagePreview))}</span>`;
    case 'forwardedMessageReference':
      return `<span class="box reply"><small>Forwarded · ${nameIn(given.originalMessageSender)}</small>${given.originalMessageContent}</span>`;
    case 'meetingReference':
      return `<span class="box">📅 ${escaped(name ?? '')}<br><span class="button">Join</span></span>`;
    case 'application/vnd.microsoft.card.announcement':
      return `<span class="banner">${escaped(String(given.title))}</span>`;
    case 'application/vnd.microsoft.card.codesnippet':
      return `<span class="box"><small>${escaped(name ?? '')} · ${given.language}</small><codeblock><code>${escaped(String(given.code))}</code></codeblock></span>`;
    default:
      return card(given);
  }
}

function nameIn(sender: unknown): string {
  const { user } = Object(sender) as { user?: { displayName?: string } };
  return escaped(user?.displayName ?? '');
}

/** The few elements of an adaptive card that the page shows. */
function card({ body, actions }: Fields): string {
  const parts = (Array.isArray(body) ? body : []).map((element: Fields) => {
    if (element.type !== 'FactSet')
      return `<div${element.weight ? ' class="big"' : ''}>${lightMarkdown(String(element.text))}</div>`;
    const facts = element.facts as { title: string; value: string }[];
    return facts
      .map(({ title, value }) => `<div class="fact"><b>${escaped(title)}</b>${lightMarkdown(value)}</div>`)
      .join('');
  });
  const buttons = (Array.isArray(actions) ? actions : []).map(
    ({ title }: Fields) => `<span class="button">${title}</span>`,
  );
  return `<span class="box">${parts.join('')}${buttons.join('')}</span>`;
}

/** Cards carry a little Markdown. */
function lightMarkdown(text: string): string {
  return escaped(text)
    .replace(/\*\*(.+?)\*\*/g, '<b>$1</b>')
    .replace(/\[(.+?)\]\((.+?)\)/g, '<a href="$2">$1</a>')
    .replace(/\r- /g, '<br>• ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
