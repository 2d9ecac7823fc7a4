import type { FastifyRequest } from 'fastify';
import { isId } from '../state/ids.ts';
import type { Props } from '../state/model.ts';
import { invalidBody, invalidUrl } from './errors.ts';

/** The request's JSON whatever its content type says, as Mattermost reads it; `name` is what the refusal calls the body. */
export function jsonBody(request: FastifyRequest, name: string): unknown {
  try {
    return JSON.parse(rawBody(request).toString('utf8'));
  } catch {
    throw invalidBody(name);
  }
}

/** The request's bytes. */
export function rawBody(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** A JSON object body. */
export function objectBody(request: FastifyRequest, name: string): Props {
  const value = jsonBody(request, name);
  if (!isObject(value)) throw invalidBody(name);
  return value;
}

/** A JSON array of strings, not empty. */
export function stringsBody(request: FastifyRequest, name: string): string[] {
  const value = jsonBody(request, name);
  if (!isStrings(value) || value.length === 0) throw invalidBody(name);
  return value;
}

export function isObject(value: unknown): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A text field; missing and null count as empty, any other type is refused as Go's decoder would. */
export function text(body: Props, key: string): string {
  const value = body[key];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw invalidBody(key);
  return value;
}

/** A true-or-false field; missing counts as false. */
export function flag(body: Props, key: string): boolean {
  const value = body[key];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalidBody(key);
  return value;
}

/** A path parameter that must be an id. */
export function idParam(request: FastifyRequest, key: string): string {
  const value = param(request, key);
  if (!isId(value)) throw invalidUrl(key);
  return value;
}

/** A path parameter as it stands. */
export function param(request: FastifyRequest, key: string): string {
  return (request.params as Record<string, string | undefined>)[key] ?? '';
}

/** A query parameter; empty when absent. */
export function query(request: FastifyRequest, key: string): string {
  const value = (request.query as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : '';
}

/** `page` and `per_page` (default 60, at most 200) as the range of a list. */
export function paging(request: FastifyRequest): { from: number; to: number; perPage: number; page: number } {
  const page = Math.max(0, Number.parseInt(query(request, 'page'), 10) || 0);
  const asked = Number.parseInt(query(request, 'per_page'), 10);
  const perPage = Number.isNaN(asked) || asked < 0 ? 60 : Math.min(asked, 200);
  return { from: page * perPage, to: (page + 1) * perPage, perPage, page };
}
