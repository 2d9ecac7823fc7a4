import { ADMIN_ENDPOINTS } from './admin-schema.ts';
import type { Endpoint } from './schema.ts';
import { ENDPOINTS, errorSchema } from './schema.ts';

/** The OpenAPI 3.1 description of `/api/v1`, from the schemas that the routes validate with. */
export function describeApi(publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of [...ENDPOINTS, ...ADMIN_ENDPOINTS]) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Microsoft Teams for Mattermost', version: '1' },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'From props.msteams of the answer to Mattermost’s /msteams --session',
        },
      },
    },
  };
}

function operation({ summary, body, answer }: Endpoint): object {
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });
  return {
    summary,
    ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
    responses: {
      200: { description: 'Done', ...json(answer) },
      default: { description: 'Refused or failed', ...json(errorSchema) },
    },
  };
}
