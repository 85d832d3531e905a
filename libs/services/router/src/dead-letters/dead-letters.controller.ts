import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { AdminOnly, ApiZodQuery, ApiZodResponse, Tenant, isUuid, page, pageQueryOf, zodQuery, type Page } from '@voltbus/http';
import { z } from 'zod';
import { DeadLetters } from './dead-letters';
import { deadLetterSchema, shown, type ShownDeadLetter } from './shown-dead-letter';
import { TypeormDeadLetters } from './typeorm-dead-letters';

/** The position at which a page ended: time and id. */
const listQuerySchema = pageQueryOf(z.tuple([z.iso.datetime(), z.guid()]));

/** Records that could not be handled, with the cause. */
@Controller('v1/dead-letters')
@AdminOnly()
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly store: TypeormDeadLetters,
  ) {}

  @Get()
  @ApiZodQuery(listQuerySchema)
  @ApiZodResponse(200, z.object({ items: z.array(deadLetterSchema), nextCursor: z.string().nullable() }))
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listQuerySchema)) { limit, cursor }: z.output<typeof listQuerySchema>,
  ): Promise<Page<ShownDeadLetter>> {
    const letters = await this.store.page(tenant, { limit: limit + 1, after: cursor ?? null });
    return page(letters.map(shown), limit, ({ diedAt, id }) => [diedAt, id]);
  }

  @Get(':id')
  @ApiZodResponse(200, deadLetterSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    const letter = isUuid(id) ? await this.store.find(tenant, id) : null;
    if (letter === null) throw new CsmsError('not-found', 'no such dead letter');
    return shown(letter);
  }

  @Post(':id/replay')
  @ApiOperation({ summary: 'Publish a dead letter again where it came from' })
  @HttpCode(202)
  @ApiZodResponse(202, deadLetterSchema, 'It was published again where it came from')
  async replay(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such dead letter');
    return shown(await this.deadLetters.replay(tenant, id));
  }
}
