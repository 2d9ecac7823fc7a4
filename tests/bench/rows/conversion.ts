import type { Chat } from '../../../sidecar/src/core/types.ts';
import { compose } from '../../../sidecar/src/notify/post/compose.ts';
import { type Row, row } from '../report.ts';
import { spread } from '../statistics.ts';

const WORDS = 'The figures of the third quarter are in, please look at them before our meeting on Thursday. ';
const MB = 1_024 * 1_024;
const CHAT: Chat = { id: '19:chat@thread.v2', kind: 'group', topic: 'Budget', members: [] };

/** From the message to the post, in this process: each size against a message of 1 KB in the same turn. */
export async function conversionRows(): Promise<Row[]> {
  const reference = html(1_024);
  const cases: Array<{ name: string; content: string; limitMs?: number }> = [
    { name: '50 B, plain', content: '<p>See you at ten in the usual room, with all.</p>' },
    { name: '184 B, formatted', content: FORMATTED },
    { name: 'table of 3 × 3', content: TABLE },
    { name: '28 KB', content: html(28 * 1_024) },
    { name: '1,000 elements deep', content: `${'<div>'.repeat(1_000)}deep${'</div>'.repeat(1_000)}`, limitMs: 50 },
    { name: '1 MB', content: html(MB), limitMs: 50 },
    { name: '1 MB, bold and italic by letter', content: '<b>a</b><i>b</i>'.repeat(MB / 16), limitMs: 50 },
    { name: '1 MB of links left open', content: '<a href="https://x.example/">a'.repeat(MB / 30), limitMs: 50 },
    { name: '1 MB of bare addresses', content: 'https://x.example/a '.repeat(MB / 20), limitMs: 50 },
  ];
  for (let warm = 0; warm < 200; warm += 1) convert(reference);
  return cases.map(({ name, content, limitMs }) => {
    const times: number[] = [];
    const ratios: number[] = [];
    const references: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const base = timed(reference);
      const time = timed(content);
      times.push(time);
      references.push(base);
      ratios.push(time / base);
    }
    const { median } = spread(times);
    return row({
      group: 'Conversion',
      name,
      value: median,
      unit: 'ms',
      floor: spread(references).median,
      floorIs: 'ms for 1 KB',
      ratio: spread(ratios),
      ...(limitMs === undefined ? {} : { target: `< ${limitMs} ms`, holds: median < limitMs }),
    });
  });
}

const FORMATTED =
  '<p>Hello <strong>Ann</strong>, <em>please</em> read <a href="https://example.com/q3">this</a> by <strong>Thursday</strong>.</p>' +
  '<ul><li>costs</li><li>travel</li></ul><p>Thank you!</p>';
const TABLE = `<table><tbody>${'<tr><td>one</td><td>two</td><td>three</td></tr>'.repeat(3)}</tbody></table>`;

/** Paragraphs of formatted text, cut at about that many characters. */
function html(size: number): string {
  const paragraph = `<p>${WORDS}<strong>Thursday</strong> it <em>is</em>. ${WORDS}</p>`;
  return paragraph.repeat(Math.max(1, Math.floor(size / paragraph.length)));
}

/** Milliseconds for one, as the mean of so many that a clock can tell. */
function timed(content: string): number {
  const started = performance.now();
  let done = 0;
  do {
    convert(content);
    done += 1;
  } while (performance.now() - started < 20);
  return (performance.now() - started) / done;
}

function convert(content: string): void {
  const { post } = compose({
    message: {
      chatId: CHAT.id,
      id: '1700000000000',
      version: '1',
      kind: 'message',
      createdAt: 1,
      lastModifiedAt: 1,
      lastEditedAt: null,
      deletedAt: null,
      importance: 'normal',
      subject: null,
      onBehalfOf: null,
      blocked: false,
      sender: { kind: 'user', id: 'bbbbbbbb-0000-4000-8000-000000000001', name: 'Ann Lee' },
      body: { type: 'html', content },
      mentions: [],
      attachments: [],
      reactionCount: 0,
    },
    chat: CHAT,
    reader: { oid: 'bbbbbbbb-0000-4000-8000-000000000002', username: 'alice' },
    teamsUrl: 'https://teams.microsoft.com',
    tid: 'tenant',
    locale: 'en',
  });
  if (post.message === '') throw new Error('Nothing came out.');
}
