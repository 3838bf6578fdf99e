// What the drop account holds: containers and queues with their roles, the topic that tells of files, the queues' log.

param accountName string
param tags object
param token string
param dropContainer string
param runContainer string
param stateContainer string
param resultsQueue string

@description('A system topic that the account has already; empty: one is made')
param existingTopic string

param workspaceId string
param appPrincipalId string
param writers array
param subscribers array
param operators array

var roles = loadJsonContent('../roles.json')
var containers = [
  {
    key: 'drop'
    name: dropContainer
  }
  {
    key: 'runs'
    name: runContainer
  }
  {
    key: 'state'
    name: stateContainer
  }
]
var queues = [
  {
    key: 'results'
    name: resultsQueue
  }
  {
    // The blob trigger's own name; made here, so that the app needs no right to make queues.
    key: 'poison'
    name: 'webjobs-blobtrigger-poison'
  }
]
var principals = {
  app: [
    appPrincipalId
  ]
  writer: writers
  subscriber: subscribers
  operator: operators
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: accountName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource madeContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for container in containers: {
  parent: blobService
  name: container.name
  properties: {
    publicAccess: 'None'
  }
}]

resource madeQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [for queue in queues: {
  parent: queueService
  name: queue.name
}]

// No built-in role only writes: the least of them that may write also reads and deletes.
resource writerRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(writers)) {
  name: guid(resourceGroup().id, 'Rosterdrop Writer', token)
  properties: {
    roleName: 'Rosterdrop Writer ${token}'
    description: 'Writes blobs; reads, lists and deletes none'
    type: 'customRole'
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: roles.definitions['Rosterdrop Writer'].dataActions
        notDataActions: []
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

module containerGrants 'container-grants.bicep' = [for container in containers: {
  name: 'grants-${container.key}-${token}'
  params: {
    accountName: accountName
    containerName: container.name
    grants: roles.assignments.drop.containers[container.key]
    principals: principals
    writerRoleId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', guid(resourceGroup().id, 'Rosterdrop Writer', token))
  }
  dependsOn: [
    madeContainers
    writerRole
  ]
}]

module queueGrants 'queue-grants.bicep' = [for queue in queues: {
  name: 'grants-${queue.key}-${token}'
  params: {
    accountName: accountName
    queueName: queue.name
    grants: roles.assignments.drop.queues[queue.key]
    principals: principals
  }
  dependsOn: [
    madeQueues
  ]
}]

// The alert about the poison queue reads this log.
resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'rosterdrop-${token}'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
    ]
  }
}

// The subscription is made after the app is there (infra/after_deploy.py): its address holds the app's own key.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (empty(existingTopic)) {
  name: 'evgt-rosterdrop-${token}'
  location: account.location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource givenTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = if (!empty(existingTopic)) {
  name: existingTopic
}

output topicName string = empty(existingTopic) ? 'evgt-rosterdrop-${token}' : existingTopic
output topicPrincipalId string = empty(existingTopic) ? topic.identity.principalId : givenTopic.identity.principalId
