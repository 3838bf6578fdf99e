// Who is told by e-mail, and of what. The queries are alerts.json's; docs/operate.md says what to do.

param location string
param tags object
param workspaceId string
param email string

@description('An alert when no set arrived for so many days; 0: none')
param noDropDays int

var alerts = loadJsonContent('../alerts.json')
var outcomes = loadJsonContent('../outcomes.json')
var between = '\', \''
var joined = join(union(outcomes.verification, outcomes.sync), between)
var listed = '\'${joined}\''

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rosterdrop'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'rosterdrop'
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: 'rosterdrop-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: alert.title
    description: alert.description
    enabled: true
    severity: alert.severity
    scopes: [
      workspaceId
    ]
    evaluationFrequency: alert.frequency
    windowSize: alert.window
    criteria: {
      allOf: [
        {
          query: replace(alert.query, '{outcomes}', listed)
          timeAggregation: 'Total'
          metricMeasureColumn: 'Count'
          dimensions: alert.dimensions
          operator: 'GreaterThan'
          threshold: alert.over
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    // Windows overlap, lest a line that is late in the log is missed; an alert that has fired doesn't fire again for it.
    autoMitigate: true
    // The tables fill only when the app runs.
    skipQueryValidation: true
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]

// Looks back over whole days. On Sundays and Mondays the days behind are the weekend's, on which schools export nothing.
resource noDrop 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (noDropDays > 0) {
  name: 'rosterdrop-no-drop'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Rosterdrop: no set arrived'
    description: 'No drop was taken for ${noDropDays} days. Look at the school information system\'s export.'
    enabled: true
    severity: 2
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT6H'
    windowSize: 'P${max(noDropDays, 1)}D'
    criteria: {
      allOf: [
        {
          query: 'AppTraces | where Message contains \'event=taken \' | summarize Drops = count() | project Count = iff(Drops == 0 and dayofweek(now()) !in (0d, 1d), 1, 0)'
          timeAggregation: 'Total'
          metricMeasureColumn: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    skipQueryValidation: true
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}
