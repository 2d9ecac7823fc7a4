/** Fields of one log line. Never a token, a message body or an e-mail address. */
export type LogFields = Record<string, unknown>;

/** The slice of pino that features use. Messages are constant sentences; what varies goes into the fields. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
