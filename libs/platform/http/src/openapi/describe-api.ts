import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_TOKEN_SCHEME, ADMINISTRATOR_SCHEME, SESSION_SCHEME, TENANT_KEY_SCHEME } from '../auth/access';
import { finishDescription } from './describe-operations';
import { withLater } from './later';

/** The API's description, made from its controllers. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Voltbus')
    .setDescription(
      'OCPP backend: stations, tokens, transactions, CDRs, commands. Errors are RFC 9457 problems with a stable `code`. ' +
        'What stands beside a key under `security` is the permission that it needs, and `x-voltbus-station-groups` what the operation is to a key that is limited to station groups. A method that a path does not take is 405 with `Allow`.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'Where this description comes from')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: "The administrator's key: everything, of every tenant" },
      ADMINISTRATOR_SCHEME,
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'vbk_<id>_<secret>_<seal>',
        description: 'A key of one tenant, from `POST /v1/api-keys`',
      },
      TENANT_KEY_SCHEME,
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'An access token of an identity provider that the operator of this installation has connected',
      },
      ACCESS_TOKEN_SCHEME,
    )
    .addCookieAuth(
      '__Host-voltbus-session',
      {
        type: 'apiKey',
        in: 'cookie',
        description:
          'The session of a person, from `GET /v1/auth/login` (`voltbus-session` without TLS, on the machine of a standalone). What changes something must be sent by a page of this site',
      },
      SESSION_SCHEME,
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: () => '', // `finishDescription` names those that have no name of their own
    autoTagControllers: false,
  });
  return finishDescription(withLater(document));
}

/** Serves `/openapi.json`, and a page of it at `/docs` that loads nothing from elsewhere. */
export function serveApiDescription(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Voltbus API' });
}
