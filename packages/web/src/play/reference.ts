/** What can be given for it in a form. `listener`: the page gives one. `none`: nothing that a form could make. */
export type FieldKind =
  | 'number'
  | 'id'
  | 'text'
  | 'secret'
  | 'boolean'
  | 'choice'
  | 'json'
  | 'textOrJson'
  | 'file'
  | 'listener'
  | 'none'
  | 'fields';

/** A parameter, or a field of an object. */
export interface Field {
  name: string;
  doc: string;
  /** As TypeScript writes it. */
  type: string;
  optional: boolean;
  kind: FieldKind;
  /** Of `choice`. */
  choices?: string[];
  /** Of `fields`. */
  fields?: Field[];
  /** Of `json`: one that has the right shape. */
  example?: string;
}

/** A type and, where it is an object or a list of objects, what is in it. */
export interface Shape {
  type: string;
  fields: Field[];
}

export interface Method {
  name: string;
  doc: string;
  /** The documentation of floo does not have it. */
  additive: boolean;
  signature: string;
  params: Field[];
  returns: Shape;
}

export interface Manager {
  /** `im` for what the instance itself has. */
  name: string;
  doc: string;
  methods: Method[];
}

export interface SdkEvent {
  name: string;
  doc: string;
  additive: boolean;
  payload: Shape;
}

/** The SDK as its sources document it. */
export interface SdkReference {
  managers: Manager[];
  events: SdkEvent[];
}
