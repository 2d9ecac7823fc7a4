import assert from 'node:assert/strict';
import test from 'node:test';
import { setUpWebhook } from './webhook-app.ts';

for (const [query, token] of [
  ['validationToken=plain', 'plain'],
  ['validationToken=Validation%3A+Testing+client%20application', 'Validation: Testing client application'],
  ['validationToken=%3Cscript%3E%26%22%2B%25', '<script>&"+%'],
  ['from=here&validationToken=Gr%C3%BC%C3%9Fe', 'Grüße'],
] as const) {
  for (const path of ['/graph/notifications', '/graph/lifecycle']) {
    test(`the handshake is answered exactly: ${path}?${query}`, async () => {
      const { app, stored } = setUpWebhook({
        subscription: () => Promise.reject(new Error('the handshake must look at nothing')),
      });
      for (const contentType of [
        'text/plain; charset=utf-8',
        'application/json',
        'application/octet-stream',
        undefined,
      ]) {
        const headers = contentType ? { 'content-type': contentType } : {};
        const answer = await app.inject({ method: 'POST', url: `${path}?${query}`, headers });
        assert.equal(answer.statusCode, 200);
        assert.equal(answer.body, token);
        assert.match(String(answer.headers['content-type']), /^text\/plain;/);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      }
      assert.deepEqual(stored, []);
    });
  }
}

for (const query of [
  'validationToken=',
  'validationToken=a&validationToken=b',
  `validationToken=${'x'.repeat(5000)}`,
]) {
  test(`a handshake that is none is refused without echo: ${query.slice(0, 40)}`, async () => {
    const { app } = setUpWebhook();
    const answer = await app.inject({ method: 'POST', url: `/graph/notifications?${query}` });
    assert.equal(answer.statusCode, 400);
    assert.ok(!answer.body.includes('xxx'));
  });
}
