import { createRequire } from 'node:module';
import { HtmlRenderer, type Node, Parser } from '@mattermost/commonmark';
import { renderToStaticMarkup } from 'react-dom/server';
import { tsImport } from 'tsx/esm/api';

/** One of the ways Mattermost shows a message: Markdown in, HTML out. What Mattermost makes lively carries `data-lively`. */
export interface Renderer {
  name: string;
  html(markdown: string): string;
}

/** The part of `HtmlRenderer` that its types leave out. */
interface Writing {
  lit(html: string): void;
  out(text: string): void;
}

/**
 * Mattermost's mobile apps: their own parser. It finds mentions, channel links, hashtags and emoji itself; its HTML renderer, which the apps do not
 * use, shows them empty, so they are written out here as the apps show them. A line break is a line break in the apps, and HTML is text.
 */
export function mobileRenderer(): Renderer {
  const parser = new Parser({ minimumHashtagLength: 3, urlFilter });
  const lively = (kind: string, sign: string) =>
    function (this: Writing, node: Node & Record<string, unknown>) {
      const name = String(node.mentionName ?? node.channelName ?? node.hashtag ?? '');
      this.lit(`<span data-lively="${kind}">`);
      this.out(`${sign}${name}`);
      this.lit('</span>');
    };
  const literal = function (this: Writing, node: Node) {
    this.out(node.literal ?? '');
  };
  const renderer = Object.assign(new HtmlRenderer({ softbreak: '<br>' }), {
    at_mention: lively('mention', '@'),
    channel_link: lively('channel', '~'),
    hashtag: lively('hashtag', '#'),
    emoji: literal,
    html_inline: literal,
    html_block: literal,
  });
  return { name: 'mobile', html: (markdown) => renderer.render(parser.parse(markdown)) };
}

/** The playground's web page, written after the web app's dialect. */
export async function pageRenderer(): Promise<Renderer> {
  const path = '../../../playground/mattermost/page/markdown/render.tsx';
  const { renderMarkdown } = await tsImport(path, import.meta.url);
  return {
    name: 'page',
    html: (markdown) => renderToStaticMarkup(renderMarkdown(markdown, { siteUrl: 'https://chat.example' })),
  };
}

/**
 * The web app's own parser, Mattermost's fork of marked. It is not on npm: `MATTERMOST_MARKED` names a copy of github.com/mattermost/marked
 * (its `lib/marked.js`), and the comparison includes it. Options as in `webapp/channels/src/utils/markdown/index.ts`.
 */
export function webRenderer(file: string): Renderer {
  const marked: Marked = createRequire(import.meta.url)(file);
  const renderer = new marked.Renderer();
  // Mattermost overrides it; the fork's own leaves out a space.
  renderer.list = (items, ordered, start) =>
    ordered ? `<ol start="${start ?? 1}">${items}</ol>` : `<ul>${items}</ul>`;
  const options = { renderer, sanitize: true, gfm: true, tables: true, mangle: false, urlFilter };
  return { name: 'web', html: (markdown) => marked(markdown, options) };
}

/** Of addresses that stand bare, Mattermost links those of the schemes it is configured for; these are the default. */
function urlFilter(url: string): boolean {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1];
  return scheme === undefined || ['http', 'https', 'ftp', 'mailto', 'tel'].includes(scheme.toLowerCase());
}

interface Marked {
  (markdown: string, options: object): string;
  Renderer: new () => { list(items: string, ordered: boolean, start?: number): string };
}
