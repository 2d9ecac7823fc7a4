import type { FastifyInstance } from 'fastify';
import type { Drive } from '../drive.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import type { GraphRoute } from './route.ts';

const READ_ALL = ['Files.Read.All', 'Files.ReadWrite.All', 'Sites.Read.All', 'Sites.ReadWrite.All'];

/**
 * Shared files by the address they have in a message (Microsoft Graph: "Download driveItem content", "Access shared items"): Graph sends to an
 * address that needs no token.
 */
export function shareRoutes({ drive, url }: { drive: Drive; url(): string }): GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/shares/:shareId/driveItem/content',
      names: ['GET sharedFile'],
      needs: { delegated: READ_ALL, app: READ_ALL },
      answer: ({ params, token }) => {
        const file = drive.find(sharedUrl(params.shareId ?? ''));
        if (!file) throw notFound('The sharing link no longer exists, or you do not have permission to access it.');
        if (token.kind === 'delegated' && !file.readers.includes(token.oid)) throw forbidden('Access denied');
        return { status: 302, headers: { location: `${url()}/download/${drive.issue(file)}` } };
      },
    },
  ];
}

/** SharePoint's side: what Graph sends to, and where the playground puts files. */
export function driveRoutes(server: FastifyInstance, { drive }: { drive: Drive }): void {
  server.get<{ Params: { ticket: string } }>('/download/:ticket', (request, reply) => {
    // The address is the permission; SharePoint refuses it together with a token that is not its own.
    if (request.headers.authorization !== undefined) return reply.code(401).send();
    const file = drive.redeem(request.params.ticket);
    return file ? reply.type('application/octet-stream').send(file.bytes) : reply.code(404).send();
  });
  server.post<{ Body: { url: string; base64: string; readers: string[] } }>(
    '/playground/files',
    { schema: { body: FILE } },
    ({ body: { url, base64, readers } }, reply) => {
      drive.put({ url, bytes: Buffer.from(base64, 'base64'), readers });
      return reply.code(201).send({});
    },
  );
}

const FILE = {
  type: 'object',
  required: ['url', 'base64', 'readers'],
  properties: {
    url: { type: 'string' },
    base64: { type: 'string' },
    readers: { type: 'array', items: { type: 'string' } },
  },
  additionalProperties: false,
};

/** `u!` and the address as unpadded base64url. */
function sharedUrl(shareId: string): string {
  if (!/^u![\w-]+$/.test(shareId)) throw badRequest('The sharing token is invalid.');
  return Buffer.from(shareId.slice(2), 'base64url').toString();
}
