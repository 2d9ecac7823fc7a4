/** A refusal in Mattermost's shape: the HTTP status and the id of the error text. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly id: string;
  readonly detail: string;
  /** The session cookies are removed together with this answer. */
  readonly clearCookies: boolean;

  constructor(status: number, id: string, options: { message?: string; detail?: string; clearCookies?: boolean } = {}) {
    super(options.message ?? id);
    this.status = status;
    this.id = id;
    this.detail = options.detail ?? '';
    this.clearCookies = options.clearCookies ?? false;
  }
}

/** 400: a field of the body is missing or wrong. */
export function invalidBody(name: string): ApiError {
  return new ApiError(400, 'api.context.invalid_body_param.app_error', {
    message: `Invalid or missing ${name} in request body.`,
  });
}

/** 400: a part of the path is not what it should be. */
export function invalidUrl(name: string): ApiError {
  return new ApiError(400, 'api.context.invalid_url_param.app_error', {
    message: `Invalid or missing ${name} parameter in request URL.`,
  });
}

/** 403: the session lacks `permission`. */
export function forbidden(permission: string): ApiError {
  return new ApiError(403, 'api.context.permissions.app_error', {
    message: 'You do not have the appropriate permissions.',
    detail: `permission=${permission}`,
  });
}

/** 401: no session, an unknown or ended one, or a forged request. */
export function sessionExpired(clearCookies: boolean, detail = ''): ApiError {
  return new ApiError(401, 'api.context.session_expired.app_error', {
    message: 'Invalid or expired session, please login again.',
    detail,
    clearCookies,
  });
}

/** 404 of an unknown path under `/api/v4`. */
export function unknownPath(url: string): ApiError {
  return new ApiError(404, 'api.context.404.app_error', {
    message: 'Sorry, we could not find the page.',
    detail: `There doesn't appear to be an api call for the url='${url}'.`,
  });
}

/** 404 of one missing thing. */
export function missing(id: string, what: string): ApiError {
  return new ApiError(404, id, { message: `Unable to find the existing ${what}.` });
}
