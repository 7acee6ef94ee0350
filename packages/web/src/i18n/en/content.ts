export const contentTexts = {
  'message.edited': 'edited',
  'message.editedAt': 'Edited {time}',
  'message.writing': 'Still being written',
  'message.showMore': 'Show more',
  'message.showLess': 'Show less',

  'person.about': 'About {name}',

  'quote.open': 'Leads to the message that was answered',

  'markdown.done': 'Done',
  'markdown.open': 'To do',
  'markdown.table': 'Table',
  'markdown.code': 'Code',
  'markdown.codeIn': 'Code in {language}',
  'markdown.copyCode': 'Copy code',

  'place.openMap': 'Open in map',
  'place.copy': 'Copy coordinates',

  'forwarded.untitled': 'Forwarded messages',
  'forwarded.count': '{n} message | {n} messages',
  'forwarded.open': 'Opens all of them',
  'forwarded.label': 'Forwarded',
};
