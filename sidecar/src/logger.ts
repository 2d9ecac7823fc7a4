import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Log } from './core/log.ts';

/** The root logger: JSON lines on `destination` (standard output), with secret fields redacted down to the third level. */
export function createLog(level: string, destination?: DestinationStream): Log & Logger {
  const options: LoggerOptions = {
    level,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: { err: pino.stdSerializers.errWithCause },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Credentials, and what people write or are called. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'clientSecret',
  'password',
  'clientState',
  'validationTokens',
  'email',
  'mail',
  'body',
  'content',
];
