import React from 'react';
import type { Block, Inline, ListItem } from './ast.ts';
import { parseMarkdown } from './blocks.ts';
import { withEmoji } from './emoji.ts';

/** How a message is shown. */
export interface RenderOptions {
  /** Names that highlight as the reader's own, without `@`, lower case. */
  mentionKeys?: readonly string[];
  /** `props.unsafe_links`: pictures show their alt text, outside links show as text. */
  unsafeLinks?: boolean;
  /** `props.mentionHighlightDisabled`. */
  mentionHighlight?: boolean;
  /** Names of public channels that `~name` links to: name → path. */
  channelPaths?: Readonly<Record<string, string>>;
  siteUrl?: string;
}

function isOutside(href: string, options: RenderOptions): boolean {
  return !href.startsWith('/') && !href.startsWith(`${options.siteUrl ?? window.location.origin}/`);
}

function plainText(nodes: Inline[]): string {
  return nodes
    .map((node) =>
      'children' in node ? plainText(node.children) : 'text' in node ? node.text : 'alt' in node ? node.alt : ' ',
    )
    .join('');
}

function renderLink(node: Extract<Inline, { kind: 'link' }>, options: RenderOptions): React.ReactNode {
  const outside = isOutside(node.href, options);
  if (outside && options.unsafeLinks) {
    const text = plainText(node.children);
    return text === node.href ? text : `${text} : ${node.href}`;
  }
  const children = renderInlines(node.children, options);
  if (!outside) {
    return (
      <a className="theme markdown__link" href={node.href} data-internal="true">
        {children}
      </a>
    );
  }
  return (
    <a className="theme markdown__link" href={node.href} rel="noreferrer" target="_blank">
      {children}
    </a>
  );
}

function renderImage(node: Extract<Inline, { kind: 'image' }>, options: RenderOptions): React.ReactNode {
  if (options.unsafeLinks) return node.alt;
  return (
    <img
      className="markdown-inline-img"
      src={node.src}
      alt={node.alt}
      title={node.title || undefined}
      width={node.width}
      height={node.height}
    />
  );
}

function renderMention(text: string, options: RenderOptions): React.ReactNode {
  const name = text.slice(1).toLowerCase();
  const special = ['all', 'channel', 'here'].includes(name);
  const mine = options.mentionHighlight !== false && (special || (options.mentionKeys ?? []).includes(name));
  return (
    <span className={mine ? 'mention--highlight' : 'mention-link'} data-mention={name}>
      {text}
    </span>
  );
}

function renderChannelLink(text: string, options: RenderOptions): React.ReactNode {
  const path = options.channelPaths?.[text.slice(1).toLowerCase()];
  if (path === undefined) return text;
  return (
    <a className="mention-link channel-mention" href={path} data-internal="true">
      {text}
    </a>
  );
}

function renderInline(node: Inline, options: RenderOptions): React.ReactNode {
  switch (node.kind) {
    case 'text':
      return withEmoji(node.text);
    case 'break':
      return <br />;
    case 'strong':
      return <strong>{renderInlines(node.children, options)}</strong>;
    case 'em':
      return <em>{renderInlines(node.children, options)}</em>;
    case 'del':
      return <del>{renderInlines(node.children, options)}</del>;
    case 'code':
      return (
        <span className="codespan__pre-wrap">
          <code>{node.text}</code>
        </span>
      );
    case 'link':
      return renderLink(node, options);
    case 'image':
      return renderImage(node, options);
    case 'mention':
      return renderMention(node.text, options);
    case 'hashtag':
      return (
        <a className="mention-link" href={`#${encodeURIComponent(node.text)}`} data-hashtag={node.text}>
          {node.text}
        </a>
      );
    case 'channel':
      return renderChannelLink(node.text, options);
  }
}

function renderInlines(nodes: Inline[], options: RenderOptions): React.ReactNode {
  return React.createElement(React.Fragment, null, ...nodes.map((node) => renderInline(node, options)));
}

function renderItem(item: ListItem, options: RenderOptions): React.ReactElement {
  const [first, ...rest] = item.blocks;
  const lead = first?.kind === 'paragraph' ? renderInlines(first.children, options) : null;
  return (
    <li className={item.checked === undefined ? undefined : 'list-item--task-list'}>
      {item.checked === undefined ? null : <input type="checkbox" disabled checked={item.checked} readOnly />}
      {lead}
      {renderBlocks(lead === null ? item.blocks : rest, options)}
    </li>
  );
}

function renderTable(table: Extract<Block, { kind: 'table' }>, options: RenderOptions): React.ReactElement {
  const style = (at: number) => ({ textAlign: table.align[at] || undefined });
  const cells = (tag: 'th' | 'td', row: Inline[][]) =>
    row.map((cell, at) => React.createElement(tag, { style: style(at) }, renderInlines(cell, options)));
  const body = table.rows.map((row) => React.createElement('tr', null, ...cells('td', row)));
  return (
    <div className="table-responsive">
      <table className="markdown__table">
        <thead>{React.createElement('tr', null, ...cells('th', table.head))}</thead>
        {React.createElement('tbody', null, ...body)}
      </table>
    </div>
  );
}

function renderBlock(block: Block, options: RenderOptions): React.ReactElement {
  switch (block.kind) {
    case 'paragraph':
      return <p>{renderInlines(block.children, options)}</p>;
    case 'heading':
      return React.createElement(
        `h${block.level}`,
        { className: 'markdown__heading' },
        renderInlines(block.children, options),
      );
    case 'code':
      return (
        <div className="post-code">
          {block.language === '' ? null : <span className="post-code__language">{block.language}</span>}
          <pre>
            <code>{block.text}</code>
          </pre>
        </div>
      );
    case 'quote':
      return <blockquote>{renderBlocks(block.blocks, options)}</blockquote>;
    case 'list': {
      const items = block.items.map((item) => renderItem(item, options));
      const className = 'markdown__list';
      if (!block.ordered) return React.createElement('ul', { className }, ...items);
      return React.createElement('ol', { className, start: block.start }, ...items);
    }
    case 'table':
      return renderTable(block, options);
    case 'rule':
      return <hr />;
  }
}

function renderBlocks(blocks: Block[], options: RenderOptions): React.ReactElement {
  return React.createElement(React.Fragment, null, ...blocks.map((block) => renderBlock(block, options)));
}

/** A message as React elements; nothing in it is ever taken for HTML. */
export function renderMarkdown(text: string, options: RenderOptions = {}): React.ReactElement {
  return renderBlocks(parseMarkdown(text), options);
}
