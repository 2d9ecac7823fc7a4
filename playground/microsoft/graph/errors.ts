/** A refusal by Graph: HTTP status, error code and message as Graph words them. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, more: { message: string; headers?: Record<string, string> }) {
    super(more.message);
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
  }
}

/** 400 with Graph's usual code. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'BadRequest', { message });
}

/** 403 with Graph's usual code. */
export function forbidden(message: string): GraphError {
  return new GraphError(403, 'Forbidden', { message });
}

/** 404 with Graph's usual code. */
export function notFound(message: string): GraphError {
  return new GraphError(404, 'NotFound', { message });
}

/** Graph's error envelope. */
export function errorEnvelope(error: GraphError, ids: { requestId: string; clientRequestId: string }): object {
  return {
    error: {
      code: error.code,
      message: error.message,
      innerError: {
        date: new Date().toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}
