declare module 'virtual:sdk-reference' {
  const reference: import('./reference.ts').SdkReference;
  export default reference;
}
