import { X509Certificate } from 'node:crypto';
import { encryptContent } from '../../playground/microsoft/delivery/encrypt.ts';
import type { EncryptionCertificate } from '../../playground/microsoft/types.ts';
import { addressee, CLIENT_STATE, chatId, objectId, type Population, subscriptionId, TENANT } from './users.ts';

/** The certificate that the sidecar gave to Graph: base64 of its DER form. */
export interface Certificate {
  id: string;
  certificate: string;
}

/** A message of an ordinary size with some formatting: about 1.6 KB of JSON, 3.6 KB as a notification. */
const BODY =
  '<p>Hello <strong>everybody</strong>, the figures of the third quarter are in. <em>Please</em> look at the table before ' +
  'our meeting and write to me by <strong>Thursday</strong>, so that nothing is missing.</p><ul><li>costs of the plant</li>' +
  '<li>travel</li><li>the new machine</li></ul><p>Details are at <a href="https://example.com/q3">example.com</a>.</p>';

/** Makes webhook bodies as Graph sends them: one rich notification each, encrypted for the certificate, with a validation token. */
export function createWriter({
  population,
  certificate,
  token,
}: {
  population: Population;
  certificate: Certificate;
  token: string;
}) {
  const key: EncryptionCertificate = {
    id: certificate.id,
    thumbprint: '0'.repeat(40),
    publicKey: new X509Certificate(Buffer.from(certificate.certificate, 'base64')).publicKey,
  };
  return (serial: number): Buffer => Buffer.from(JSON.stringify(notification({ population, key, token }, serial)));
}

function notification(
  deps: { population: Population; key: EncryptionCertificate; token: string },
  serial: number,
): unknown {
  const { chat, user } = addressee(deps.population, serial);
  const id = String(1_700_000_000_000 + serial);
  const resource = `chats('${chatId(chat)}')/messages('${id}')`;
  return {
    value: [
      {
        subscriptionId: subscriptionId(user),
        subscriptionExpirationDateTime: '2099-01-01T00:00:00.000+00:00',
        clientState: CLIENT_STATE,
        tenantId: TENANT,
        changeType: 'created',
        resource,
        resourceData: { id, '@odata.type': '#Microsoft.Graph.chatMessage', '@odata.id': resource },
        encryptedContent: encryptContent(JSON.stringify(message({ chat, id, serial })), deps.key),
      },
    ],
    validationTokens: [deps.token],
  };
}

function message({ chat, id, serial }: { chat: number; id: string; serial: number }): unknown {
  const now = new Date().toISOString();
  return {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#chats('${chatId(chat)}')/messages/$entity`,
    id,
    replyToId: null,
    etag: id,
    messageType: 'message',
    chatId: chatId(chat),
    channelIdentity: null,
    createdDateTime: now,
    lastModifiedDateTime: now,
    lastEditedDateTime: null,
    deletedDateTime: null,
    subject: null,
    summary: null,
    importance: 'normal',
    locale: 'en-us',
    webUrl: null,
    policyViolation: null,
    from: {
      application: null,
      device: null,
      user: { id: objectId(999_999), displayName: 'Ann Lee', userIdentityType: 'aadUser', tenantId: TENANT },
    },
    body: { contentType: 'html', content: `${BODY}<p>bench-${serial}.</p>` },
    attachments: [],
    mentions: [],
    reactions: [],
    replies: [],
    hostedContents: [],
    eventDetail: null,
  };
}
