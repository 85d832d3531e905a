import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Resource } from '../resources/resource';
import type { ResourceChange } from '../resources/resource-change';
import type { ImportKind } from './import-target';

const IMPORTABLE = 'voltbus.importable';

/** How items of a kind are imported by the PUT of its controller. */
export interface Importable<Body extends z.ZodObject = z.ZodObject, Stored = unknown> {
  kind: ImportKind;
  resource: Resource<Body, Stored>;
  /** Checks the name of a resource, as the PUT's path does. */
  key: z.ZodType<string>;
  /** The same for names of one resource; the name itself where it is left out. */
  identityOf?(key: string): string;
}

type Put<Body extends z.ZodObject, Stored> = (tenant: string, key: string, change: ResourceChange<Body, Stored>) => Promise<unknown>;

/** Handler of a PUT: its resource is imported in bulk too, an item by a call of this method. */
export const Imported =
  <Body extends z.ZodObject, Stored>(importable: Importable<Body, Stored>) =>
  <T extends Put<Body, Stored>>(target: object, name: string, descriptor: TypedPropertyDescriptor<T>): void => {
    SetMetadata(IMPORTABLE, importable)(target, name, descriptor as PropertyDescriptor);
  };

export { IMPORTABLE };
