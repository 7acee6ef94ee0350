export const composerTexts = {
  'composer.label': 'Message to {name}',
  'composer.placeholder': 'Write a message',
  'composer.send': 'Send',
  'composer.charsLeft': 'About {n} more character fits. | About {n} more characters fit.',
  'composer.charsOver':
    'Too long for one message by about {n} character. | Too long for one message by about {n} characters.',

  'suggest.list': 'Suggestions',
  'suggest.found':
    '{n} suggestion. Up and Down choose, Enter takes it. | {n} suggestions. Up and Down choose, Enter takes one.',

  'mention.everybody': 'Everybody',
  'mention.everybodyNote': 'All members of the group',

  'emoji.open': 'Emoji',
  'emoji.failed': 'The emoji could not be loaded. Try again when there is a connection.',

  'quote.answering': 'Answering {name}',
  'quote.drop': 'Answer nobody',

  'format.use': 'Format with Markdown',
  'format.stop': 'Write plain text',
  'format.bar': 'Formatting',
  'format.bold': 'Bold',
  'format.italic': 'Italic',
  'format.code': 'Code',
  'format.preview': 'Preview',
  'format.note': 'Markdown',

  'place.send': 'Location',
  'place.title': 'Send your location?',
  'place.text': 'Everyone in this conversation will see it.',
  'place.textTo': '{name} will see where you are.',
  'place.at': '{latitude}, {longitude}',
  'place.accuracy': 'Accurate to about {metres} m',
  'place.name': 'Name of the place (optional)',
  'place.nameTooLong': 'At most {n} characters.',
  'place.finding': 'Finding out where you are',
  'place.act': 'Send location',
  'place.insecure': 'Browsers tell the location to secure pages only. Open this page with https.',
  'place.unsupported': 'This browser cannot tell where you are.',
  'place.refused': 'Your location is blocked. Allow it for this page in the browser, then try again.',
  'place.unavailable': 'Your device could not tell where you are. Try again where it has a signal.',
  'place.timeout': 'Finding your location took too long. Try again.',

  'voice.recordHint': 'Click to record a voice message, or hold while you speak',
  'voice.holdHint': 'Slide left to cancel',
  'voice.holdCancel': 'Let go to throw it away',
};
