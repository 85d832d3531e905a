import { defineBlock } from '@voltbus/service';
import { QuirkProfilesController } from './http/quirk-profiles.controller';
import { QuirksController } from './http/quirks.controller';
import { QuirkProfiles } from './quirk-profiles';
import { TypeormQuirkProfiles } from './typeorm-quirk-profiles';

/** Which quirks are switched for which stations, as operators change it. */
export const quirkProfiles = defineBlock({
  name: 'quirk-profiles',
  store: ({ database }) => new TypeormQuirkProfiles(database),
  build: ({ store }) => ({ store, profiles: new QuirkProfiles(store) }),
  controllers: [QuirksController, QuirkProfilesController],
  provides: (provide) => [provide(TypeormQuirkProfiles, ({ store }) => store), provide(QuirkProfiles, ({ profiles }) => profiles)],
});
