import { applyDecorators } from '@nestjs/common';
import { z } from 'zod';
import { TakesDurableCursors } from '../requests/parameter.guard';
import { ApiList } from './api-list';
import type { Page } from './page';

/**
 * A page of a list that only grows at its end. `resumeCursor` stands behind the last item of the page also where no item
 * follows yet: whoever stores it gets, whenever it comes back, what was added since. It never expires (ADR 66).
 */
export interface ResumablePage<T> extends Page<T> {
  resumeCursor: string;
}

const resumeCursor = z
  .string()
  .exactOptional()
  .describe('In the order of issue: the `cursor` with which to come back for what follows, also when nothing does yet. It never expires');

/** Documents a list of `defineList` that is resumable in one of its orders. Its handler takes cursors of `ResumablePage`. */
export const ApiResumableList = (list: Parameters<typeof ApiList>[0]) =>
  applyDecorators(ApiList(list, { resumeCursor }), TakesDurableCursors());
