import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAllowed, parseAllowList } from '../../../sidecar/src/admin/allow-list.ts';

describe('the allow-list', () => {
  const parsed: Array<[what: string, text: string, emails: string[], errors: number[]]> = [
    ['one address a line', 'Ann@Example.com\n\nbob@example.com\n', ['ann@example.com', 'bob@example.com'], []],
    ['CSV with a column email', 'name,E-Mail\nAnn,"ann@example.com"\n', ['ann@example.com'], []],
    ['CSV of a German spreadsheet', '\uFEFFName;email\r\nAnn;ann@example.com\r\n', ['ann@example.com'], []],
    ['a quoted name with a comma in it', 'name,email\n"Lee, Ann",ann@example.com\n', ['ann@example.com'], []],
    ['quotes within a quoted name', 'name,email\n"Ann ""the"" Lee",ann@example.com\n', ['ann@example.com'], []],
    ['quotes within a bare name', 'name,email\nAnn "the" Lee,ann@example.com\n', ['ann@example.com'], []],
    ['a name of two lines', 'name,email\n"Lee\nAnn",ann@example.com\nx,bob\n', ['ann@example.com'], [4]],
    ['lines of different lengths', 'name,email\nAnn\nBob,bob@example.com,x\n', ['bob@example.com'], [2]],
    [
      'a quote that is never closed',
      'name,email\nBob,bob@example.com\n\n"Lee,ann@example.com\nEve,eve@example.com\n',
      ['bob@example.com'],
      [4],
    ],
    ['one address twice', 'ann@example.com\nANN@example.com', ['ann@example.com'], []],
    ['wrong lines, each named', 'ann@example.com\nAnn\n<ann@example.com>\n', ['ann@example.com'], [2, 3]],
    ['nothing', '', [], []],
  ];
  for (const [what, text, emails, errors] of parsed) {
    test(`reads ${what}`, () => {
      const list = parseAllowList(text);
      assert.deepEqual(list.emails, emails);
      assert.deepEqual(
        list.errors.map(({ line }) => line),
        errors,
      );
    });
  }

  test('admits all users while it is empty, afterwards only users with a listed address', async () => {
    const list = (emails: string[]) => ({
      allowList: { count: async () => emails.length, has: async (email: string) => emails.includes(email) },
    });
    assert.equal(await isAllowed(list([]), null), true);
    assert.equal(await isAllowed(list(['ann@example.com']), 'ann@example.com'), true);
    assert.equal(await isAllowed(list(['ann@example.com']), 'bob@example.com'), false);
    assert.equal(await isAllowed(list(['ann@example.com']), null), false);
  });
});
