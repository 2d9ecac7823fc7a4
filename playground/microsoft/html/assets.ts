import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { sendPage } from '../entra/answer.ts';
import { teamsPage } from './teams.ts';

const SCRIPTS = ['main', 'api', 'view', 'composer', 'sanitize', 'post-back'];
const STYLES = ['style', 'teams', 'messages'];
const FOLDER = new URL('../page/', import.meta.url);
const POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** The chat page under `/` and the deep links of Teams, with its script and style. */
export function pageRoutes(server: FastifyInstance): void {
  const compiled = new Map<string, Promise<string>>();
  for (const path of ['/', '/l/message/:chatId/:messageId', '/l/chat/:chatId/*']) {
    server.get(path, (_request, reply) => sendPage(reply.header('content-security-policy', POLICY), teamsPage()));
  }
  server.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  for (const name of STYLES) {
    server.get(`/assets/${name}.css`, async (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(await readFile(new URL(`${name}.css`, FOLDER), 'utf8')),
    );
  }
  for (const name of SCRIPTS) {
    server.get(`/assets/${name}.js`, async (_request, reply) => {
      const script = compiled.get(name) ?? compile(name);
      compiled.set(name, script);
      return reply.type('text/javascript; charset=utf-8').send(await script);
    });
  }
}

/** Takes the types out of a page script. The compiler is loaded late: who never opens a page never pays for it. */
async function compile(name: string): Promise<string> {
  const file = new URL(`${name}.ts`, FOLDER);
  const { transformWithOxc } = await import('vite');
  const { code } = await transformWithOxc(await readFile(file, 'utf8'), file.pathname);
  return code.replace(/(from\s+['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2');
}
