import { defineBlock } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { PersonalDataController } from './http/personal-data.controller';
import { PersonalData } from './personal-data';
import { TypeormPersonalData } from './typeorm-personal-data';

/** What is known of a token, exported and erased in all services. */
export const personalData = defineBlock({
  name: 'personal-data',
  store: ({ database }) => new TypeormPersonalData(database),
  build: ({ store, use, outbox, now }) => ({ store, data: new PersonalData({ store, tokens: use(authorization).tokens, outbox, now }) }),
  controllers: [PersonalDataController],
  provides: (provide) => [provide(PersonalData, ({ data }) => data), provide(TypeormPersonalData, ({ store }) => store)],
});
