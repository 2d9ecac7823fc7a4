import { escapeText, type Place, roundBrackets } from '../../core/escape-markdown.ts';
import { codeSpan } from './code.ts';
import { emphasise, type Piece } from './emphasis.ts';
import { BOLD, ITALIC, type Link, type Run, STRIKE } from './text-run.ts';
import { encodeTarget, hostOf, readTarget } from './url.ts';

const BARE_URL = /\b(?:https?|ftp):\/\/[^\s<>]+|\bwww\.[^\s<>]+\.[^\s<>]+/gi;

const MAY_LINK = /:\/\/|www\./i;

/** One line of Markdown for a line of runs, '' when nothing of it can be seen. */
export function renderLine(runs: readonly Run[], inTable: boolean): string {
  const [only] = runs;
  if (
    runs.length === 1 &&
    only?.kind === 'text' &&
    only.style === 0 &&
    only.link === null &&
    !MAY_LINK.test(only.text)
  ) {
    const text = only.text.trim();
    if (text === '') return '';
    return escapeText(text.replaceAll('\u00a0', ' '), { before: '', after: '', table: inTable, link: false });
  }
  const tidy = trimRuns(spreadSpaces(joinMentions(runs).map(tamed)));
  if (tidy.length === 0) return '';
  return emphasise(toPieces(linkBareUrls(tidy), inTable));
}

/** Teams writes a name of several words as several `<at>` elements; they become one mention again. */
function joinMentions(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const between = last?.kind === 'text' && last.text.trim() === '' ? last : undefined;
    const previous = between ? joined.at(-2) : last;
    if (
      run.kind === 'mention' &&
      previous?.kind === 'mention' &&
      previous.key === run.key &&
      previous.text !== run.text
    ) {
      if (between) joined.pop();
      joined[joined.length - 1] = { ...previous, text: `${previous.text}${between ? ' ' : ''}${run.text}` };
    } else {
      joined.push(run);
    }
  }
  return joined;
}

/** Moves white space out of emphasis and links, where Markdown does not allow it at the edge. */
function spreadSpaces(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  runs.forEach((run, index) => {
    if (run.kind !== 'text' || (run.style === 0 && run.link === null)) {
      out.push(run);
      return;
    }
    const core = run.text.trim();
    if (core === '') {
      const next = runs[index + 1];
      const same = out.at(-1)?.link === run.link && next?.link === run.link;
      const style = (out.at(-1)?.style ?? 0) & (next?.style ?? 0);
      out.push({ ...run, style, link: same ? run.link : null });
      return;
    }
    const lead = run.text.length - run.text.trimStart().length;
    if (lead > 0) out.push(edge(run, run.text.slice(0, lead), out.at(-1)));
    out.push({ ...run, text: core });
    const tail = run.text.slice(lead + core.length);
    if (tail !== '') out.push(edge(run, tail, runs[index + 1]));
  });
  return out;
}

function edge(run: Run, text: string, neighbour: Run | undefined): Run {
  const shared = neighbour !== undefined && neighbour.link === run.link;
  return { ...run, text, style: run.style & (neighbour?.style ?? 0), link: shared ? run.link : null };
}

function trimRuns(runs: readonly Run[]): Run[] {
  const visible = (run: Run) => run.text.trim() !== '';
  const first = runs.findIndex(visible);
  if (first < 0) return [];
  const kept = runs.slice(first, runs.findLastIndex(visible) + 1).filter((run) => run.text !== '');
  const head = kept[0];
  if (head?.kind === 'text') kept[0] = { ...head, text: head.text.trimStart() };
  const tail = kept.at(-1);
  if (tail?.kind === 'text') kept[kept.length - 1] = { ...tail, text: tail.text.trimEnd() };
  return kept;
}

/** Addresses in plain text become links, because bare they would make Mattermost's server fetch a preview. */
function linkBareUrls(runs: readonly Run[]): Run[] {
  return runs.flatMap((run) => {
    if (run.kind !== 'text' || run.link !== null || !MAY_LINK.test(run.text)) return [run];
    const out: Run[] = [];
    let done = 0;
    for (const found of run.text.matchAll(BARE_URL)) {
      const url = trimUrl(found[0]);
      if (found.index > done) out.push({ ...run, text: run.text.slice(done, found.index) });
      const target = /^www\./i.test(url) ? `https://${url}` : url;
      out.push({ ...run, text: url, link: { target, title: '' } });
      done = found.index + url.length;
    }
    if (done < run.text.length) out.push({ ...run, text: run.text.slice(done) });
    return out;
  });
}

/** Punctuation after an address belongs to the sentence, and so does a bracket that the address did not open. */
function trimUrl(url: string): string {
  let unopened = 0;
  for (const letter of url) unopened += letter === ')' ? 1 : letter === '(' ? -1 : 0;
  let end = url.length;
  while (end > 0) {
    const last = url.charAt(end - 1);
    if (last === ')' ? unopened <= 0 : !/[.,:;!?"'*_~`}\]]/.test(last)) break;
    if (last === ')') unopened -= 1;
    end -= 1;
  }
  return url.slice(0, end);
}

function toPieces(runs: readonly Run[], table: boolean): Piece[] {
  const pieces: Piece[] = [];
  let index = 0;
  while (index < runs.length) {
    const run = runs[index];
    if (!run) break;
    let end = index + 1;
    if (run.link !== null) while (end < runs.length && runs[end]?.link === run.link) end += 1;
    // Nothing before: emphasis between two runs ends a word as far as mentions go.
    const place = { before: '', after: startOf(runs[end]), table, link: false };
    pieces.push(run.link === null ? toPiece(run, place) : linkPiece(runs.slice(index, end), run.link, place));
    index = end;
  }
  return escapeBangs(pieces);
}

function startOf(run: Run | undefined): string {
  const linked = run?.link && readTarget(run.link.target).kind === 'link';
  return linked ? '[' : (run?.text.charAt(0) ?? '');
}

function toPiece(run: Run, place: Place): Piece {
  if (run.kind === 'raw') return { markdown: run.text, style: run.style };
  if (run.kind === 'mention') {
    const name = escapeText(run.label ?? run.text, place);
    return { markdown: name, style: run.style | BOLD };
  }
  if (run.kind === 'code' && !(place.table && run.text.includes('|'))) {
    return { markdown: codeSpan(run.text.replace(/\s+/g, ' ')), style: run.style };
  }
  const markdown = escapeText(run.text.replaceAll('\u00a0', ' '), place);
  // The web app ends italics at an escaped `*` too.
  return { markdown: run.style & ITALIC ? markdown.replaceAll('\\*', '&#42;') : markdown, style: run.style };
}

/** Code without the emphasis that the web app would end inside of it. */
function tamed(run: Run): Run {
  if (run.kind !== 'code') return run;
  const ended = (run.text.includes('*') ? BOLD | ITALIC : 0) | (run.text.includes('~~') ? STRIKE : 0);
  return { ...run, style: run.style & ~ended };
}

function linkPiece(runs: readonly Run[], link: Link, place: Place): Piece {
  const style = runs.reduce((common, run) => common & (run.kind === 'mention' ? run.style | BOLD : run.style), -1);
  const target = readTarget(link.target);
  const inside = { ...place, before: '', after: '', link: true };
  // What is no link ends without a bracket: its last letter meets what follows.
  const end = target.kind === 'link' ? '' : place.after;
  const whole = runs.map((run) => run.text).join('');
  const paired = roundBrackets(whole) === whole;
  const pieces = runs.map((run, at) => {
    const after = runs[at + 1]?.text.charAt(0) ?? end;
    return strip(toPiece(paired ? run : rounded(run), { ...inside, after }), style);
  });
  const text = emphasise(pieces);
  const seen = whole.trim();
  if (target.kind === 'none') return { markdown: text, style };
  if (target.kind === 'text') {
    return { markdown: seen === target.text ? text : `${text} (${escapeText(target.text, inside)})`, style };
  }
  const title = titleOf(link, seen, target.url);
  return { markdown: `[${text}](${encodeTarget(target.url)}${title})${trueHost(seen, target.url)}`, style };
}

function rounded(run: Run): Run {
  return { ...run, text: run.text.replaceAll('[', '(').replaceAll(']', ')') };
}

function strip(piece: Piece, style: number): Piece {
  return { markdown: piece.markdown, style: piece.style & ~style };
}

/** A title is kept when it says something new and cannot end the link early. */
function titleOf(link: Link, seen: string, url: string): string {
  const title = link.title.replace(/\s+/g, ' ').trim();
  const news = title !== '' && title !== seen && title !== link.target && title !== url && !/:\/\/|www\./i.test(title);
  return news && title.length <= 200 && !/["'()<>[\]\\`*_~@#&|]/.test(title) ? ` "${title}"` : '';
}

/** When the text reads like another address than the one it leads to, the true host is added. */
function trueHost(seen: string, url: string): string {
  const claimed = /\s/.test(seen) || seen.includes('@') ? null : hostOf(seen);
  const real = hostOf(url);
  return claimed === null || real === null || claimed === real ? '' : ` (${escapeText(real, HOST_PLACE)})`;
}

const HOST_PLACE: Place = { before: '(', after: ')', table: false, link: true };

/** `!` right before a link would make it an image. */
function escapeBangs(pieces: Piece[]): Piece[] {
  pieces.forEach((piece, index) => {
    if (piece.markdown.endsWith('!') && pieces[index + 1]?.markdown.startsWith('[')) {
      piece.markdown = `${piece.markdown.slice(0, -1)}\\!`;
    }
  });
  return pieces;
}
