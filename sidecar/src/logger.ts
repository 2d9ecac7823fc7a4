import { pino } from 'pino';
import type { Log } from './core/log.ts';

/** The root logger: JSON lines on standard output, with everything that could be a secret taken out wherever it appears. */
export function createLog(level: string): Log & ReturnType<typeof pino> {
  return pino({
    level,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: { err: pino.stdSerializers.errWithCause },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'clientState',
  'validationTokens',
  'email',
  'mail',
  'body',
  'content',
];
