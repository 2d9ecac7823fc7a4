import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { Case } from '../../sidecar/notify/corpus.ts';

/** What a person reads in a shown document, each part apart. Letters of a style are joined without spaces. */
export interface Reading {
  /** Lines of text with list markers; tables and rules are one word each. */
  lines: string[];
  bold: string;
  italic: string;
  struck: string;
  headings: string[];
  links: [text: string, href: string][];
  code: string[];
  spans: string[];
  quotes: string[];
  tables: string[][][];
  pictures: number;
  /** What the renderer itself made of mentions, channels and hashtags. */
  lively: string[];
  /** Every piece of running text outside links and code, as it is: what the web app searches for mentions. */
  texts: string[];
}

/** A document as it is shown: its HTML, which may be broken, and the style around it. */
export interface Shown {
  style: string;
  html: string;
}

const READER = readFileSync(new URL('reader.js', import.meta.url), 'utf8');

/** Shows documents in the browser and reads them. The page must be blank; nothing a document names is ever loaded. */
export async function readShown(page: Page, documents: readonly Shown[]): Promise<Reading[]> {
  await page.evaluate(READER);
  return page.evaluate<Reading[]>(`readShown(${JSON.stringify(documents)})`);
}

/** A message as Teams shows its text: HTML with Teams' own elements, or plain text with its line breaks. Attachments are not part of it. */
export function teamsHtml({ message }: Case): Shown {
  const { contentType = 'html', content = '' } = Object(message.body) as { contentType?: string; content?: string };
  if (contentType !== 'html') {
    return { style: '.body { white-space: pre-wrap }', html: content.replaceAll('&', '&amp;').replaceAll('<', '&lt;') };
  }
  return { style: 'at { font-weight: 700 } codeblock { display: block; white-space: pre }', html: content };
}

/** A rendered post in the style of the web app: paragraphs keep their line breaks, and stand in a line inside of lists. */
export function mattermostHtml(html: string): Shown {
  return { style: 'p { white-space: pre-line } li p { display: inline } pre { white-space: pre }', html };
}
