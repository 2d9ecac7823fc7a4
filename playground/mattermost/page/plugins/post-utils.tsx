import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { type RenderOptions, renderMarkdown } from '../markdown/render.tsx';

interface FormatOptions {
  mentionKeys?: Array<{ key: string }>;
  mentionHighlight?: boolean;
  unsafeLinks?: boolean;
}

/** `PostUtils.formatText`: Markdown to HTML in which everything foreign is escaped. */
export function formatText(text: string, options: FormatOptions = {}): string {
  const render: RenderOptions = {
    mentionKeys: (options.mentionKeys ?? []).map((each) => each.key.replace(/^@/, '').toLowerCase()),
    mentionHighlight: options.mentionHighlight ?? true,
    unsafeLinks: options.unsafeLinks ?? false,
  };
  return renderToStaticMarkup(renderMarkdown(text, render));
}

const ALLOWED = new Set(
  'a p h1 h2 h3 h4 h5 h6 strong em del code pre span div blockquote ul ol li table thead tbody tr th td hr img input br b i'.split(
    ' ',
  ),
);
const ATTRIBUTES: Record<string, string> = {
  href: 'href',
  class: 'className',
  src: 'src',
  alt: 'alt',
  title: 'title',
  rel: 'rel',
  target: 'target',
  start: 'start',
  width: 'width',
  height: 'height',
  'data-internal': 'data-internal',
  'data-hashtag': 'data-hashtag',
  'data-mention': 'data-mention',
};

function attributesOf(element: Element): Record<string, unknown> {
  const pairs = Object.entries(ATTRIBUTES).flatMap(([name, prop]) => {
    const value = element.getAttribute(name);
    return value === null ? [] : [[prop, value] as const];
  });
  const props: Record<string, unknown> = Object.fromEntries(pairs);
  if (element.tagName !== 'INPUT') return props;
  return { ...props, type: 'checkbox', disabled: true, readOnly: true, checked: element.hasAttribute('checked') };
}

function toReact(node: Node): React.ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return null;
  const tag = node.tagName.toLowerCase();
  const children = Array.from(node.childNodes, toReact);
  if (!ALLOWED.has(tag)) return React.createElement(React.Fragment, null, ...children);
  const isVoid = ['img', 'hr', 'input', 'br'].includes(tag);
  return React.createElement(tag, attributesOf(node), ...(isVoid ? [] : children));
}

/** `PostUtils.messageHtmlToComponent`: the HTML of `formatText` as React elements. */
export function messageHtmlToComponent(html: string): React.ReactElement {
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  return React.createElement(React.Fragment, null, ...Array.from(body.childNodes, toReact));
}
