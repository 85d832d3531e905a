import { z } from 'zod';
import { cdrReviewSchema, cdrSchema, type ReviewReason } from './cdr';
import { flagSchema, type Flag } from './flags';
import { REVIEWABLE_FLAGS } from './review-flags';
import { transactionSchema } from './transaction';

describe('flags', () => {
  it('are a closed union in code: a misspelt one does not compile', () => {
    const flag: Flag = 'energy-doubtful';
    // @ts-expect-error there is no such flag
    const misspelt: Flag = 'energy-doubtfull';
    // @ts-expect-error there is no such flag
    const ofTransaction: z.output<typeof transactionSchema>['flags'] = ['energy-doubtfull'];
    // @ts-expect-error there is no such flag
    const ofCdr: z.output<typeof cdrSchema>['flags'] = ['energy-doubtfull'];
    // @ts-expect-error it is neither a flag nor a rule of the review
    const reason: ReviewReason = 'raised-to-far';
    expect(REVIEWABLE_FLAGS).toContain(flag);
    for (const word of [misspelt, reason, ...ofTransaction, ...ofCdr]) expect(REVIEWABLE_FLAGS).not.toContain(word);
  });

  it('are any string for readers, so that a flag of a newer publisher is read', () => {
    expect(flagSchema.parse('flag-of-a-later-version')).toBe('flag-of-a-later-version');
    const { flags, review } = { flags: transactionSchema.shape.flags, review: cdrReviewSchema.shape.reasons };
    for (const schema of [flags, review, cdrSchema.shape.flags]) {
      expect(schema.parse(['flag-of-a-later-version'])).toEqual(['flag-of-a-later-version']);
      expect(z.toJSONSchema(schema)).toMatchObject({ items: { type: 'string' } });
    }
    expect(JSON.stringify(z.toJSONSchema(flagSchema))).not.toContain('enum');
  });
});
