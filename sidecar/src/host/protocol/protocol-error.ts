/**
 * The other side broke the protocol, or the connection ended. Not an AppError: it never reaches a request or a user, it ends a stream
 * or the process, and both are logged where that happens.
 */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}
