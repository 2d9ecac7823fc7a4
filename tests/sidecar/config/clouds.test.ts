import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLOUDS } from '../../../sidecar/src/config/clouds.ts';
import { readEnv } from '../../../sidecar/src/config/config.ts';

const TENANT = '11111111-aaaa-4bbb-8ccc-000000000001';
const COMPLETE = {
  MATTERMOST_URL: 'https://chat.example.com',
  MATTERMOST_BOT_TOKEN: 'x'.repeat(26),
  MATTERMOST_COMMAND_TOKEN: 'y'.repeat(26),
  MICROSOFT_TENANT_ID: TENANT,
  MICROSOFT_CLIENT_ID: '33333333-aaaa-4bbb-8ccc-000000000003',
  MICROSOFT_CLIENT_SECRET: 'secret',
  PUBLIC_URL: 'https://sidecar.example.com',
};

/** Authority, Graph and Teams of each cloud, and what Graph sorts there (https://learn.microsoft.com/graph/deployments). */
const ROWS = {
  global: ['login.microsoftonline.com', 'graph.microsoft.com', 'teams.microsoft.com', true, true],
  gcc: ['login.microsoftonline.com', 'graph.microsoft.com', 'teams.microsoft.com', false, false],
  'gcc-high': ['login.microsoftonline.us', 'graph.microsoft.us', 'gov.teams.microsoft.us', false, true],
  dod: ['login.microsoftonline.us', 'dod-graph.microsoft.us', 'dod.teams.microsoft.us', false, true],
} as const;

describe('clouds', () => {
  for (const [cloud, [authority, graph, teams, chats, messages]] of Object.entries(ROWS)) {
    it(`${cloud} has its own addresses`, () => {
      const { microsoft } = readEnv({ ...COMPLETE, MICROSOFT_CLOUD: cloud });
      assert.deepEqual(
        [microsoft.authorityUrl, microsoft.graphUrl, microsoft.teamsUrl, microsoft.sorts],
        [`https://${authority}`, `https://${graph}`, `https://${teams}`, { chats, messages }],
      );
      const usual = [`https://${authority}/{tenant}/v2.0`, 'https://sts.windows.net/{tenant}/'];
      assert.deepEqual(microsoft.proof.issuers, usual);
    });
  }

  it('the cloud in China is refused with the reason', () => {
    assert.deepEqual(Object.keys(CLOUDS).toSorted(), Object.keys(ROWS).toSorted());
    assert.throws(() => readEnv({ ...COMPLETE, MICROSOFT_CLOUD: 'china' }), {
      code: 'config_invalid',
      message: /MICROSOFT_CLOUD: "china" cannot be used\. .*21Vianet.*no change notifications for Teams/,
    });
    assert.throws(() => readEnv({ ...COMPLETE, MICROSOFT_CLOUD: 'mars' }), {
      message: /not one of global, gcc, gcc-high/,
    });
  });

  it('issuers and publisher of notifications can be set', () => {
    const publisher = '0BF30F3B-4A52-48DF-9A82-000000000000';
    const { proof } = readEnv({
      ...COMPLETE,
      MICROSOFT_VALIDATION_ISSUERS: 'https://a.example/{tenant}/v2.0, https://b.example/{tenant}/',
      MICROSOFT_PUBLISHER_APP_ID: publisher,
    }).microsoft;
    assert.deepEqual(proof, {
      issuers: ['https://a.example/{tenant}/v2.0', 'https://b.example/{tenant}/'],
      publisherAppId: publisher.toLowerCase(),
    });
  });

  for (const [name, value] of [
    ['MICROSOFT_VALIDATION_ISSUERS', 'https://a.example/'],
    ['MICROSOFT_VALIDATION_ISSUERS', 'http://a.example/{tenant}/'],
    ['MICROSOFT_PUBLISHER_APP_ID', 'contoso'],
    ['FEED', 'both'],
  ] as const) {
    it(`refuses ${name}=${value}`, () => {
      assert.throws(() => readEnv({ ...COMPLETE, [name]: value }), {
        code: 'config_invalid',
        message: new RegExp(name),
      });
    });
  }
});
