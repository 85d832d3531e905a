import { SESSIONS, Sessions } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { AuthController } from './http/auth.controller';
import { SessionsController } from './http/sessions.controller';
import { authSessionsMigration } from './store/migrations/0380-auth-sessions';
import { tables } from './store/tables';
import { TypeormSessions } from './store/typeorm-sessions';

/** Sessions of people in browsers: begun, looked up for every request with their cookie, listed and ended. */
export const authSessions = defineBlock({
  name: 'auth-sessions',
  migrations: [authSessionsMigration],
  tables,
  store: ({ database }) => new TypeormSessions(database),
  build: ({ store, settings, now }) => ({ store, sessions: new Sessions(store, settings, { now }) }),
  controllers: [AuthController, SessionsController],
  provides: (provide) => [provide(SESSIONS, (built) => built.sessions), provide(TypeormSessions, ({ store }) => store)],
});
